from pathlib import Path

from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0029_search_spellings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0030_offer_events.sql").read_text(),
            reverse_sql="DROP TABLE public.offer_events",
            state_operations=[
                migrations.CreateModel(
                    name="OfferEvent",
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
                        ("org_id", models.UUIDField()),
                        (
                            "offer",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="events",
                                to="purchases.offer",
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("request_id", models.UUIDField(null=True)),
                        ("db_role", models.TextField()),
                        (
                            "occurred_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                    ],
                    options={"db_table": "offer_events"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0030_record_offer_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_offer_event ON public.offers",
                "DROP FUNCTION public.record_offer_event()",
            ],
        ),
    ]
