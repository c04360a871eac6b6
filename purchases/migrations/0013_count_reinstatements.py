from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0012_extend_expiry")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0013_count_reinstatements.sql").read_text(),
            reverse_sql="DROP FUNCTION public.count_reinstatements(uuid, uuid[], text[], int[])",
        ),
        migrations.RunSQL(
            (FOLDER / "0013_lock_and_count_reinstatements.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_count_reinstatements(uuid, uuid, text, int)",
        ),
    ]
