from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studio", "0011_session_key_hash")]
    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "finished_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("file_name", models.TextField()),
                ("size_bytes", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "backup",
                "verbose_name_plural": "backups",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("file_name", ""), _negated=True),
                        name="backup_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="backup_is_not_empty"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
    ]
