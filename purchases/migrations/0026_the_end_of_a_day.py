import re
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent
OLDER = re.search(
    r"CREATE (FUNCTION public\.extended_expiry\(.*?\$\$;)",
    (FOLDER / "0020_extend_expiry.sql").read_text(),
    re.DOTALL,
)
assert OLDER


class Migration(migrations.Migration):
    dependencies = [("purchases", "0025_search_in_the_index")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=f"CREATE OR REPLACE {OLDER[1]}",
        ),
    ]
