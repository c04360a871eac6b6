from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0020_owner_operations")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0021_extended_expiry.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION"
                " public.extended_expiry(timestamptz, timestamptz, int, timestamptz[])",
                (FOLDER / "0012_extended_expiry.sql").read_text(),
                # The former extend_expiry calls the former extended_expiry, so it follows here.
                (FOLDER / "0012_extend_expiry.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0021_extend_expiry.sql").read_text(),
            reverse_sql="DROP FUNCTION public.extend_expiry(uuid, timestamptz, int, timestamptz[])",
        ),
    ]
