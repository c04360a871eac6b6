from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent
FOLDING = ["fold_for_search", "search_terms"]


def replaced(name: str) -> str:
    former = (FOLDER / f"0003_{name}.sql").read_text()
    return former.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("purchases", "0028_merge_clients")]
    operations = [
        *(
            migrations.RunSQL((FOLDER / f"0029_{name}.sql").read_text(), reverse_sql=replaced(name))
            for name in FOLDING
        ),
        migrations.RunSQL(
            (FOLDER / "0029_similar_words.sql").read_text(),
            reverse_sql="DROP FUNCTION public.similar_words(uuid, text)",
        ),
    ]
