from pathlib import Path

from django.db import migrations

REVERSE = """
ALTER TABLE public.client_purchases DROP CONSTRAINT sessions_used_is_between_0_and_total
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0009_undo_reinstatement")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
