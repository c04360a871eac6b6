from pathlib import Path

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# PINs that were hashed with a key cannot go back, because the older version has no key.
MOVE_BACK = """
UPDATE public.studio_membership AS member SET pin = studio_pin.hash, pin_digits = studio_pin.digits
FROM public.studio_pin WHERE studio_pin.membership_id = member.id AND studio_pin.key_id = ''
"""


class Migration(migrations.Migration):
    dependencies = [("studio", "0001_accounts")]
    operations = [
        migrations.CreateModel(
            name="Pin",
            fields=[
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pin",
                        serialize=False,
                        to="studio.membership",
                    ),
                ),
                ("hash", models.TextField()),
                ("key_id", models.TextField()),
                ("digits", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(digits__range=(4, 8)),
                        name="pin_digits_is_between_4_and_8",
                    ),
                ],
            },
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(), reverse_sql=MOVE_BACK),
        migrations.RemoveConstraint("membership", "a_pin_has_4_to_8_digits"),
        migrations.RemoveField("membership", "pin"),
        migrations.RemoveField("membership", "pin_digits"),
    ]
