from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0026_hold_for_undo")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=(FOLDER / "0016_terms_of_long_phones.sql").read_text(),
        ),
    ]
