from pathlib import Path

from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent


def unchecked(to):
    return {"db_constraint": False, "on_delete": models.DO_NOTHING, "to": to}


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0031_undo_a_sale"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0032_imports.sql").read_text(),
            reverse_sql="DROP TABLE public.imports",
            state_operations=[
                migrations.CreateModel(
                    name="Import",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("file_name", models.TextField()),
                        ("content", models.BinaryField(null=True)),
                        ("content_hash", models.TextField()),
                        ("choices", models.JSONField(default=dict)),
                        ("plan", models.JSONField(null=True)),
                        ("state", models.TextField(db_default="draft")),
                        ("offers", models.JSONField(default=list)),
                        ("counts", models.JSONField(default=dict)),
                        ("rows_total", models.IntegerField(db_default=0)),
                        ("rows_done", models.IntegerField(db_default=0)),
                        ("packs_kept", models.IntegerField(db_default=0)),
                        ("clients_kept", models.IntegerField(db_default=0)),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                        ("started_at", models.DateTimeField(null=True)),
                        ("worked_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("undone_at", models.DateTimeField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"db_table": "imports"},
                ),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0032_import_rows.sql").read_text(),
            reverse_sql="DROP TABLE public.import_rows",
            state_operations=[
                migrations.CreateModel(
                    name="ImportRow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "import_of",
                                "position",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("row_number", models.IntegerField()),
                        ("org_id", models.UUIDField()),
                        ("adds_client", models.BooleanField()),
                        ("client_request_id", models.UUIDField(null=True)),
                        ("full_name", models.TextField(null=True)),
                        ("email", models.TextField(null=True)),
                        ("phone", models.TextField(null=True)),
                        ("notes", models.TextField(null=True)),
                        ("external_id", models.TextField(null=True)),
                        ("request_id", models.UUIDField(null=True)),
                        ("offer_id", models.UUIDField(null=True)),
                        ("sessions_total", models.IntegerField(null=True)),
                        ("sessions_used", models.IntegerField(null=True)),
                        ("amount_paid_cents", models.IntegerField(null=True)),
                        ("currency", models.TextField(null=True)),
                        ("purchased_at", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "client",
                            models.ForeignKey(
                                db_index=False, related_name="+", **unchecked("purchases.client")
                            ),
                        ),
                        (
                            "import_of",
                            models.ForeignKey(
                                db_column="import_id",
                                db_index=False,
                                on_delete=models.PROTECT,
                                related_name="rows",
                                to="purchases.import",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                related_name="+",
                                **unchecked("purchases.purchase"),
                            ),
                        ),
                    ],
                    options={"db_table": "import_rows"},
                ),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0032_import_operations.sql").read_text(),
            reverse_sql="""
                ALTER TABLE public.session_requests
                DROP CONSTRAINT session_requests_operation_is_known,
                ADD CONSTRAINT session_requests_operation_is_known CHECK (
                    operation IN (
                        'reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry',
                        'correct_used', 'correct_total', 'transfer', 'move_use', 'undo_move',
                        'refund', 'receive_payment', 'sell', 'undo_change'
                    )
                ) NOT VALID
            """,
        ),
        migrations.RunSQL(
            (FOLDER / "0032_current_operation.sql").read_text(),
            reverse_sql=(FOLDER / "0017_current_operation.sql").read_text(),
        ),
        migrations.RunSQL(
            (FOLDER / "0032_record_purchase_event.sql").read_text(),
            reverse_sql=(FOLDER / "0028_record_purchase_event.sql").read_text(),
        ),
        migrations.RunSQL(
            (FOLDER / "0032_client_requests.sql").read_text(),
            reverse_sql="""
                ALTER TABLE public.client_requests
                DROP COLUMN file_name,
                DROP CONSTRAINT client_requests_operation_is_known,
                ADD CONSTRAINT client_requests_operation_is_known CHECK (
                    operation IN ('add_client', 'edit_client', 'merge_client', 'undo_merge')
                ) NOT VALID;
                DROP INDEX public.client_requests_of_a_client;
                COMMENT ON COLUMN public.client_requests.operation IS
                'What was asked: add_client, edit_client, merge_client or undo_merge.'
            """,
            state_operations=[
                migrations.AddField("clientrequest", "file_name", models.TextField(null=True))
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0032_current_client_operation.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.current_client_operation()",
                (FOLDER / "0027_current_client_operation.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0032_record_client_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_client_event ON public.clients",
                "DROP TRIGGER record_client_event ON public.clients",
                "DROP FUNCTION public.record_client_event()",
                (FOLDER / "0027_record_client_event.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0032_write_import.sql").read_text(),
            reverse_sql="DROP FUNCTION public.write_import(uuid, int, int)",
        ),
        migrations.RunSQL(
            (FOLDER / "0032_undo_import.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_import(uuid, int, int)",
        ),
    ]
