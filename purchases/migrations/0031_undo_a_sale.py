from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0030_offer_events")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0031_lock_and_check_undo_change.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.lock_and_check_undo_change(uuid, bigint)",
                (FOLDER / "0020_lock_and_check_undo_change.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0031_undo_change.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.undo_change(uuid, bigint)",
                (FOLDER / "0020_undo_change.sql").read_text(),
            ],
        ),
    ]
