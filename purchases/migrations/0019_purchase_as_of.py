from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0018_purchase_events")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0019_purchase_as_of.sql").read_text(),
            reverse_sql="DROP FUNCTION public.purchase_as_of(uuid, timestamptz)",
        ),
    ]
