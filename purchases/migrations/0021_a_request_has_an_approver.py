from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OBJECTIONS = [
    ("not_paid", "This pack is not paid."),
    ("refunded", "This pack is not paid. The money went back."),
    ("count_is_off", "This count can't be right. Ask an owner to have it corrected."),
    ("count_missing", "This count is missing. Ask an owner to have it corrected."),
    ("nothing_used", "Nothing to give back: no session of this pack is used."),
    ("no_total", "Nothing to take: this purchase has no number of sessions."),
    ("none_left", "No session left: all of them are used."),
    ("expired", "This pack has expired."),
    ("just_changed", "This pack has just changed. Look at it, then press again."),
    ("taken_back", "This visit was given back already."),
    ("undone", "This was undone already, or the pack has no room for it."),
    ("not_yours", "Only who did this, or an owner, can undo it."),
    ("too_late", "Undo is for the first 15 minutes. An owner can still do it."),
    ("never_expires", "Nothing to extend: this pack never expires."),
    ("not_later", "This pack is good until then already. Choose a later day."),
    ("past", "That day is past. Choose a day from today on."),
    ("expiry_changed", "The expiry was changed since. Look at the history."),
    ("over_allowance", "This is beyond your studio's allowance. An owner can do it."),
]
REVERSE = """
ALTER TABLE public.session_requests
    DROP CONSTRAINT session_requests_only_reinstatements_are_approved,
    DROP CONSTRAINT session_requests_are_approved_by_somebody_else,
    DROP COLUMN approved_by_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0020_undo_extension"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=REVERSE,
            state_operations=[
                migrations.AddField(
                    model_name="sessionrequest",
                    name="approved_by",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="sessionrequest",
                    name="objection",
                    field=models.TextField(choices=OBJECTIONS, null=True),
                ),
            ],
        ),
    ]
