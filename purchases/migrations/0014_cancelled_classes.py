from pathlib import Path

from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0013_count_reinstatements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0014_cancelled_classes.sql").read_text(),
            reverse_sql=[
                "DROP TABLE public.cancelled_class_lines",
                "DROP TABLE public.cancelled_classes",
            ],
            state_operations=[
                migrations.CreateModel(
                    name="CancelledClass",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
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
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("note", models.TextField(db_default="")),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                    ],
                    options={"db_table": "cancelled_classes"},
                ),
                migrations.CreateModel(
                    name="CancelledClassLine",
                    fields=[
                        ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                        (
                            "cancelled_class",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.PROTECT,
                                related_name="lines",
                                to="purchases.cancelledclass",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.purchase",
                            ),
                        ),
                    ],
                    options={"db_table": "cancelled_class_lines"},
                ),
            ],
        ),
    ]
