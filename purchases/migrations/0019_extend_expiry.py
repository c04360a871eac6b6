from pathlib import Path

from django.db import migrations

REVERSE = """
DROP FUNCTION public.extend_expiry(uuid, int, date, text);
DROP FUNCTION public.extended_expiry(timestamptz, int, date, text);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0018_record_expiry_event")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
