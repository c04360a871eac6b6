from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0023_open_older_purchase_ledgers")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0024_allowance_locks.sql").read_text(),
            reverse_sql="DROP TABLE public.allowance_locks",
            state_operations=[
                migrations.CreateModel(
                    name="AllowanceLock",
                    fields=[
                        ("client_id", models.UUIDField(primary_key=True, serialize=False)),
                    ],
                    options={"db_table": "allowance_locks"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0024_count_reinstatements.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[])",
                (FOLDER / "0013_count_reinstatements.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0024_lock_and_count_reinstatements.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int)",
                (FOLDER / "0013_lock_and_count_reinstatements.sql").read_text(),
            ],
        ),
    ]
