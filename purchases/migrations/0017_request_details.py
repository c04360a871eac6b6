from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0016_index_older_clients")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0017_request_details.sql").read_text(),
            reverse_sql="""
                DROP INDEX public.session_requests_to_a_purchase;
                ALTER TABLE public.session_requests
                DROP COLUMN adjust_by,
                DROP COLUMN to_client_id,
                DROP COLUMN to_purchase_id,
                DROP COLUMN offer_id,
                DROP COLUMN refund_cents,
                DROP CONSTRAINT session_requests_operation_is_known,
                ADD CONSTRAINT session_requests_operation_is_known CHECK (
                    operation IN (
                        'reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry'
                    )
                ) NOT VALID,
                DROP CONSTRAINT session_requests_undo_names_an_event,
                ADD CONSTRAINT session_requests_undo_names_an_event CHECK (
                    operation NOT IN ('undo', 'undo_extension') OR event_id IS NOT NULL
                );
            """,
            state_operations=[
                migrations.AddField("sessionrequest", "adjust_by", models.IntegerField(null=True)),
                migrations.AddField(
                    "sessionrequest",
                    "to_client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="purchases.client",
                    ),
                ),
                migrations.AddField(
                    "sessionrequest",
                    "to_purchase",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="purchases.purchase",
                    ),
                ),
                migrations.AddField("sessionrequest", "offer_id", models.UUIDField(null=True)),
                migrations.AddField(
                    "sessionrequest", "refund_cents", models.IntegerField(null=True)
                ),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0017_moved_uses.sql").read_text(),
            reverse_sql="""
                ALTER TABLE public.session_events
                DROP CONSTRAINT session_events_kind_is_known,
                ADD CONSTRAINT session_events_kind_is_known CHECK (
                    kind IN ('opened', 'used', 'reinstated', 'undone', 'corrected', 'deleted')
                ) NOT VALID,
                DROP CONSTRAINT session_events_delta_fits_its_kind,
                ADD CONSTRAINT session_events_delta_fits_its_kind CHECK (
                    CASE kind
                        WHEN 'used' THEN delta = 1
                        WHEN 'undone' THEN delta = 1
                        WHEN 'reinstated' THEN delta = -1
                        ELSE true
                    END
                ) NOT VALID,
                DROP CONSTRAINT session_events_only_some_kinds_reverse,
                ADD CONSTRAINT session_events_only_some_kinds_reverse CHECK (
                    reverses_id IS NULL OR kind IN ('reinstated', 'undone')
                ) NOT VALID,
                DROP CONSTRAINT a_request_has_one_event,
                ADD CONSTRAINT a_request_has_one_event UNIQUE (request_id);
            """,
            state_operations=[
                migrations.AlterField(
                    "sessionevent",
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="events",
                        to="purchases.sessionrequest",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0017_current_operation.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.current_operation()",
                (FOLDER / "0006_current_operation.sql").read_text(),
            ],
        ),
    ]
