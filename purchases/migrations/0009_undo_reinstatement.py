from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("purchases", "0008_record_session_event")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_reinstatement(uuid)",
        ),
    ]
