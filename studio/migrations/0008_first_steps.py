from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0025_seals"), ("studio", "0007_selling_policy")]
    operations = [
        migrations.CreateModel(
            name="FinishedStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.TextField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="purchases.org",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "step"), name="an_org_finishes_a_step_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__regex", "^[a-z][a-z_]*$")),
                        name="finished_step_is_a_code",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
    ]
