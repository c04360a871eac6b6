from pathlib import Path

from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0003_client_search_terms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0004_session_requests.sql").read_text(),
            reverse_sql="DROP TABLE public.session_requests",
            state_operations=[
                migrations.CreateModel(
                    name="SessionRequest",
                    fields=[
                        ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("operation", models.TextField()),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="requests",
                                to="purchases.purchase",
                            ),
                        ),
                        ("event_id", models.BigIntegerField(null=True)),
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
                            "approved_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.TextField(null=True)),
                        ("note", models.TextField(db_default="")),
                        ("refusal", models.TextField(null=True)),
                        ("extend_days", models.IntegerField(null=True)),
                        ("extend_until", models.DateField(null=True)),
                        (
                            "asked_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                    ],
                    options={"db_table": "session_requests"},
                )
            ],
        ),
    ]
