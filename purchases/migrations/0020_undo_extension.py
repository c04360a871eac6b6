from pathlib import Path

from django.db import migrations

REVERSE = """
DROP FUNCTION public.correct_expiry(uuid, timestamptz);
DROP FUNCTION public.undo_extension(uuid, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0019_extend_expiry")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
