from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0010_sessions_used_is_between_0_and_total")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0011_expiry_events.sql").read_text(),
            reverse_sql="DROP TABLE public.expiry_events",
            state_operations=[
                migrations.CreateModel(
                    name="ExpiryEvent",
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
                                related_name="expiry_events",
                                to="purchases.purchase",
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("expires_before", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="expiry_event",
                                to="purchases.sessionrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.expiryevent",
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
                    options={"db_table": "expiry_events"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0011_extension_to_undo.sql").read_text(),
            reverse_sql="DROP FUNCTION public.extension_to_undo(uuid)",
        ),
        migrations.RunSQL(
            (FOLDER / "0011_record_expiry_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_expiry_event ON public.client_purchases",
                "DROP TRIGGER record_expiry_event ON public.client_purchases",
                "DROP FUNCTION public.record_expiry_event()",
            ],
        ),
    ]
