from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0034_changes_have_events")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0035_enforce_caller.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER enforce_caller ON public.client_purchases",
                "DROP FUNCTION public.enforce_caller()",
            ],
        ),
    ]
