from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("purchases", "0013_cancelled_classes")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="DROP FUNCTION public.find_clients(uuid, text[], text[], int)",
        ),
    ]
