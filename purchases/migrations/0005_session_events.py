from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0004_session_requests")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0005_forbid_change.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER forbid_change ON public.session_requests",
                "DROP FUNCTION public.forbid_change()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0005_session_events.sql").read_text(),
            reverse_sql="DROP TABLE public.session_events",
            state_operations=[
                migrations.CreateModel(
                    name="SessionEvent",
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
                                related_name="events",
                                to="purchases.purchase",
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("delta", models.IntegerField()),
                        ("sessions_used", models.IntegerField(null=True)),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="event",
                                to="purchases.sessionrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.sessionevent",
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
                    options={"db_table": "session_events"},
                )
            ],
        ),
    ]
