from pathlib import Path

from django.db import migrations

REVERSE = """
DROP FUNCTION public.hold_times_given_back(uuid, uuid, text, int);
DROP FUNCTION public.times_given_back(uuid, uuid[], text[], int[]);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0021_a_request_has_an_approver")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
