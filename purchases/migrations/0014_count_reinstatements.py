from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0013_extend_expiry")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0014_count_reinstatements.sql").read_text(),
            reverse_sql="DROP FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[])",
        ),
        migrations.RunSQL(
            (FOLDER / "0014_lock_and_count_reinstatements.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int)",
        ),
    ]
