from pathlib import Path

from django.db import migrations

REVERSE = """
DROP TRIGGER record_truncated_purchases ON public.client_purchases;
DROP TRIGGER record_changed_session_event ON public.client_purchases;
DROP TRIGGER record_session_event ON public.client_purchases;
DROP TRIGGER hold_to_request ON public.client_purchases;
DROP FUNCTION public.record_truncated_purchases();
DROP FUNCTION public.record_session_event();
DROP FUNCTION public.hold_to_request();
DROP FUNCTION public.event_to_reverse(uuid, text, bigint);
DROP FUNCTION public.made_by();
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0007_session_events")]
    operations = [
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
