import re
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent
OLDER = re.search(
    r"CREATE (FUNCTION public\.search_terms\(.*?\$\$;)",
    (FOLDER / "0004_client_search_terms.sql").read_text(),
    re.DOTALL,
)
assert OLDER


class Migration(migrations.Migration):
    dependencies = [("purchases", "0015_events_know_their_transaction")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=f"CREATE OR REPLACE {OLDER[1]}",
        ),
    ]
