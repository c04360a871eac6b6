from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0034_rebuild_search_terms")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0035_record_session_event.sql").read_text(),
            reverse_sql=(FOLDER / "0020_record_session_event.sql").read_text(),
        ),
        migrations.RunSQL(
            (FOLDER / "0035_refuse_without_event.sql").read_text(),
            reverse_sql="DROP FUNCTION public.refuse_without_event()",
        ),
    ]
