from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0005_session_events")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0006_current_db_role.sql").read_text(),
            reverse_sql="DROP FUNCTION public.current_db_role()",
        ),
        migrations.RunSQL(
            (FOLDER / "0006_current_operation.sql").read_text(),
            reverse_sql="DROP FUNCTION public.current_operation()",
        ),
        migrations.RunSQL(
            (FOLDER / "0006_event_to_reverse.sql").read_text(),
            reverse_sql="DROP FUNCTION public.event_to_reverse(uuid, text, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0006_enforce_request.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER enforce_request ON public.client_purchases",
                "DROP FUNCTION public.enforce_request()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0006_record_session_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_session_event ON public.client_purchases",
                "DROP TRIGGER record_session_event ON public.client_purchases",
                "DROP FUNCTION public.record_session_event()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0006_record_truncated_purchases.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_truncated_purchases ON public.client_purchases",
                "DROP FUNCTION public.record_truncated_purchases()",
            ],
        ),
    ]
