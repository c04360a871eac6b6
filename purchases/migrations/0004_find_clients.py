from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0003_client_search_terms")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0004_find_clients.sql").read_text(),
            reverse_sql="DROP FUNCTION public.find_clients(uuid, text[], text[], int)",
        ),
    ]
