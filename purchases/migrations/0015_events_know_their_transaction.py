from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("purchases", "0014_find_clients")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="ALTER TABLE public.session_events DROP COLUMN made_in",
        ),
    ]
