from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0017_request_details")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0018_purchase_events.sql").read_text(),
            reverse_sql="DROP TABLE public.purchase_events",
            state_operations=[
                migrations.CreateModel(
                    name="PurchaseEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "org",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="purchase_events",
                                to="purchases.purchase",
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("org_id_before", models.UUIDField(null=True)),
                        (
                            "client_before",
                            models.ForeignKey(
                                db_column="client_id_before",
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.client",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                db_column="client_id",
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.client",
                            ),
                        ),
                        (
                            "offer_before",
                            models.ForeignKey(
                                db_column="offer_id_before",
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.offer",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                db_column="offer_id",
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.offer",
                            ),
                        ),
                        ("sessions_total_before", models.IntegerField(null=True)),
                        ("sessions_total", models.IntegerField(null=True)),
                        ("amount_paid_cents_before", models.IntegerField(null=True)),
                        ("amount_paid_cents", models.IntegerField(null=True)),
                        ("currency_before", models.TextField(null=True)),
                        ("currency", models.TextField(null=True)),
                        ("payment_status_before", models.TextField(null=True)),
                        ("payment_status", models.TextField(null=True)),
                        ("payment_method_before", models.TextField(null=True)),
                        ("payment_method", models.TextField(null=True)),
                        ("purchased_at_before", models.DateTimeField(null=True)),
                        ("purchased_at", models.DateTimeField(null=True)),
                        ("created_at_before", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="purchase_event",
                                to="purchases.sessionrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.purchaseevent",
                            ),
                        ),
                        ("db_role", models.TextField()),
                        (
                            "occurred_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                    ],
                    options={"db_table": "purchase_events"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0018_record_purchase_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_purchase_event ON public.client_purchases",
                "DROP TRIGGER record_purchase_event ON public.client_purchases",
                "DROP FUNCTION public.record_purchase_event()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0018_record_truncated_purchases.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_truncated_purchases ON public.client_purchases",
                "DROP FUNCTION public.record_truncated_purchases()",
                (FOLDER / "0006_record_truncated_purchases.sql").read_text(),
            ],
        ),
    ]
