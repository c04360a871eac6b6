from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0007_release_session")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0008_use_session.sql").read_text(),
            reverse_sql="DROP FUNCTION public.use_session(uuid)",
        ),
    ]
