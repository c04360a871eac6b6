from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


def refuse_to_lose_merges(apps, schema_editor):
    """Refuse to go back before a table is dropped, because an older schema has no merges."""
    merges = "SELECT EXISTS (SELECT FROM public.client_events WHERE kind = 'merged')"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(merges)
        if cursor.fetchone() == (True,):
            raise RuntimeError(
                "Clients were merged, which an older version cannot record. Nothing was changed: "
                "restore a backup from before the upgrade instead."
            )


class Migration(migrations.Migration):
    dependencies = [("purchases", "0027_client_events")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, refuse_to_lose_merges),
        migrations.RunSQL(
            (FOLDER / "0028_merged_clients.sql").read_text(),
            reverse_sql="DROP TABLE public.merged_clients",
            state_operations=[
                migrations.CreateModel(
                    name="MergedClient",
                    fields=[
                        (
                            "client",
                            models.OneToOneField(
                                on_delete=models.DO_NOTHING,
                                primary_key=True,
                                related_name="merged_into",
                                serialize=False,
                                to="purchases.client",
                            ),
                        ),
                        (
                            "kept_client",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="merged_records",
                                to="purchases.client",
                            ),
                        ),
                    ],
                    options={"db_table": "merged_clients"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_merged_purchases.sql").read_text(),
            reverse_sql="""
                ALTER TABLE public.purchase_events
                DROP COLUMN client_request_id,
                DROP CONSTRAINT purchase_events_kind_is_known,
                ADD CONSTRAINT purchase_events_kind_is_known CHECK (
                    kind IN (
                        'opened', 'sold', 'corrected', 'transferred', 'refunded', 'paid', 'undone',
                        'deleted'
                    )
                ),
                DROP CONSTRAINT purchase_events_an_undo_reverses_an_event,
                ADD CONSTRAINT purchase_events_an_undo_reverses_an_event CHECK (
                    (kind = 'undone') = (reverses_id IS NOT NULL)
                );
                COMMENT ON COLUMN public.purchase_events.kind IS
                'What happened: opened, sold, corrected, transferred, refunded, paid, undone or '
                'deleted.';
            """,
            state_operations=[
                migrations.AddField(
                    "purchaseevent",
                    "client_request",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="purchase_events",
                        to="purchases.clientrequest",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_record_purchase_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_purchase_event ON public.client_purchases",
                "DROP TRIGGER record_purchase_event ON public.client_purchases",
                "DROP FUNCTION public.record_purchase_event()",
                (FOLDER / "0018_record_purchase_event.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_ledger_rows.sql").read_text(),
            reverse_sql=[
                "DROP FUNCTION public.ledger_rows()",
                (FOLDER / "0025_ledger_rows.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_follow_merge.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER follow_merge ON public.client_purchases",
                "DROP FUNCTION public.follow_merge()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_count_reinstatements.sql").read_text(),
            reverse_sql=(FOLDER / "0024_count_reinstatements.sql").read_text(),
        ),
        migrations.RunSQL(
            (FOLDER / "0028_write_search_terms.sql").read_text(),
            reverse_sql="DROP FUNCTION public.write_search_terms(uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0028_refresh_search_terms.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER refresh_changed_search_terms ON public.clients",
                "DROP TRIGGER refresh_search_terms ON public.clients",
                "DROP FUNCTION public.refresh_search_terms()",
                (FOLDER / "0003_refresh_search_terms.sql").read_text(),
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_refresh_merged_search_terms.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER refresh_merged_search_terms ON public.merged_clients",
                "DROP FUNCTION public.refresh_merged_search_terms()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0028_lock_and_check_merge.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_check_merge(uuid, uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0028_merge_client.sql").read_text(),
            reverse_sql="DROP FUNCTION public.merge_client(uuid, uuid, text[])",
        ),
        migrations.RunSQL(
            (FOLDER / "0028_lock_and_check_undo_merge.sql").read_text(),
            reverse_sql="DROP FUNCTION public.lock_and_check_undo_merge(uuid, bigint)",
        ),
        migrations.RunSQL(
            (FOLDER / "0028_undo_merge.sql").read_text(),
            reverse_sql="DROP FUNCTION public.undo_merge(uuid, bigint)",
        ),
    ]
