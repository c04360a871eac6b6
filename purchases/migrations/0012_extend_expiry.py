from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0011_expiry_events")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0012_extended_expiry.sql").read_text(),
            reverse_sql="DROP FUNCTION public.extended_expiry(timestamptz, int, date, text)",
        ),
        migrations.RunSQL(
            (FOLDER / "0012_extend_expiry.sql").read_text(),
            reverse_sql="DROP FUNCTION public.extend_expiry(uuid, int, date, text)",
        ),
        migrations.RunSQL(
            (FOLDER / "0012_undo_extension.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_extension(uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0012_correct_expiry.sql").read_text(),
            reverse_sql="DROP FUNCTION public.correct_expiry(uuid, timestamptz)",
        ),
    ]
