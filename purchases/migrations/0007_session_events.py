from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

KINDS = [
    ("opened", "Opened"),
    ("used", "Used"),
    ("reinstated", "Reinstated"),
    ("undone", "Undone"),
    ("corrected", "Corrected"),
    ("deleted", "Deleted"),
]
REVERSE = """
DROP TRIGGER refuse_to_forget ON public.session_requests;
DROP TABLE public.session_events;
DROP FUNCTION public.refuse_to_forget();
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0006_session_requests")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=REVERSE,
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
                        ("kind", models.TextField(choices=KINDS)),
                        ("delta", models.IntegerField()),
                        ("sessions_used", models.IntegerField(null=True)),
                        ("made_by", models.TextField()),
                        (
                            "occurred_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                        (
                            "org",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                        (
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="purchases.purchase",
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="event",
                                to="purchases.sessionrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.sessionevent",
                            ),
                        ),
                    ],
                    options={"db_table": "session_events"},
                ),
            ],
        ),
    ]
