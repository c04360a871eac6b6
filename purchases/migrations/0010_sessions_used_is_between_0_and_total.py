from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0009_undo_reinstatement")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0010_sessions_used_is_between_0_and_total.sql").read_text(),
            reverse_sql="ALTER TABLE public.client_purchases DROP CONSTRAINT sessions_used_is_between_0_and_total",
        ),
    ]
