from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0008_use_session")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0009_undo_reinstatement.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_reinstatement(uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0009_lock_and_check_undo.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_check_undo(uuid, bigint)",
        ),
    ]
