from pathlib import Path

from django.db import migrations

REVERSE = """
DROP TRIGGER record_changed_expiry_event ON public.client_purchases;
DROP TRIGGER record_expiry_event ON public.client_purchases;
DROP FUNCTION public.record_expiry_event();
DROP FUNCTION public.extension_to_undo(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0017_expiry_events")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
