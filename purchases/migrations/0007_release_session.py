from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0006_record_session_event")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0007_release_session.sql").read_text(),
            reverse_sql="DROP FUNCTION public.release_session(uuid)",
        ),
    ]
