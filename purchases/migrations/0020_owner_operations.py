from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0019_purchase_as_of")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0020_event_to_reverse.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.event_to_reverse(uuid, text, bigint)",
                (FOLDER / "0006_event_to_reverse.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0020_enforce_request.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER enforce_request ON public.client_purchases",
                "DROP FUNCTION public.enforce_request()",
                (FOLDER / "0006_enforce_request.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0020_record_session_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_session_event ON public.client_purchases",
                "DROP TRIGGER record_session_event ON public.client_purchases",
                "DROP FUNCTION public.record_session_event()",
                (FOLDER / "0006_record_session_event.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0020_lock_and_check_undo.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.lock_and_check_undo(uuid, bigint)",
                (FOLDER / "0009_lock_and_check_undo.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0020_undo_event.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.undo_event(uuid, bigint)",
                (FOLDER / "0009_undo_reinstatement.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0020_correct_used.sql").read_text(),
            reverse_sql="DROP FUNCTION public.correct_used(uuid, int)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_correct_total.sql").read_text(),
            reverse_sql="DROP FUNCTION public.correct_total(uuid, int)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_move_use.sql").read_text(),
            reverse_sql="DROP FUNCTION public.move_use(uuid, uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_undo_move.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_move(uuid, uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_transfer_purchase.sql").read_text(),
            reverse_sql="DROP FUNCTION public.transfer_purchase(uuid, uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_refund_purchase.sql").read_text(),
            reverse_sql="DROP FUNCTION public.refund_purchase(uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_receive_payment.sql").read_text(),
            reverse_sql="DROP FUNCTION public.receive_payment(uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_lock_and_check_undo_change.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_check_undo_change(uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_undo_change.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_change(uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0020_sell_purchase.sql").read_text(),
            reverse_sql="""
                DROP FUNCTION public.sell_purchase(
                    uuid, uuid, uuid, uuid, int, int, text, text, text, timestamptz, timestamptz
                )
            """,
        ),
    ]
