from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REASONS = [
    ("class_cancelled", "Class cancelled"),
    ("checked_in_by_mistake", "Checked in by mistake"),
    ("late_cancel_forgiven", "Late cancel forgiven"),
    ("instructor_absent", "Instructor absent"),
    ("other", "Other"),
]
REVERSE = """
DROP TABLE public.cancelled_class_lines;
DROP TABLE public.cancelled_classes;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0012_find_older_clients"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=REVERSE,
            state_operations=[
                migrations.CreateModel(
                    name="CancelledClass",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("reason", models.TextField(choices=REASONS)),
                        ("note", models.TextField(db_default="")),
                        (
                            "created_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "cancelled_classes",
                        "verbose_name_plural": "cancelled classes",
                    },
                ),
                migrations.CreateModel(
                    name="CancelledClassLine",
                    fields=[
                        ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                        (
                            "cancelled_class",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="purchases.cancelledclass",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
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
