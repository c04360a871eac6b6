from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [("reinstate", "Reinstate"), ("use", "Use"), ("undo", "Undo")]
REASONS = [
    ("class_cancelled", "Class cancelled"),
    ("checked_in_by_mistake", "Checked in by mistake"),
    ("late_cancel_forgiven", "Late cancel forgiven"),
    ("instructor_absent", "Instructor absent"),
    ("other", "Other"),
]
OBJECTIONS = [
    ("not_paid", "This pack is not paid."),
    ("refunded", "This pack is not paid. The money went back."),
    ("count_is_off", "This count can't be right. Ask an owner to have it corrected."),
    ("count_missing", "This count is missing. Ask an owner to have it corrected."),
    ("nothing_used", "Nothing to give back: no session of this pack is used."),
    ("no_total", "Nothing to take: this purchase has no number of sessions."),
    ("none_left", "No session left: all of them are used."),
    ("expired", "This pack has expired."),
    ("just_changed", "This pack has just changed. Look at it, then press again."),
    ("taken_back", "This visit was given back already."),
    ("undone", "This was undone already, or the pack has no room for it."),
    ("not_yours", "Only who did this, or an owner, can undo it."),
    ("too_late", "Undo is for the first 15 minutes. An owner can still do it."),
]


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0005_desk_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="DROP TABLE public.session_requests",
            state_operations=[
                migrations.CreateModel(
                    name="SessionRequest",
                    fields=[
                        ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("operation", models.TextField(choices=OPERATIONS)),
                        ("event_id", models.BigIntegerField(null=True)),
                        ("reason", models.TextField(choices=REASONS, null=True)),
                        ("note", models.TextField(db_default="")),
                        ("objection", models.TextField(choices=OBJECTIONS, null=True)),
                        (
                            "asked_at",
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
                            "purchase",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="requests",
                                to="purchases.purchase",
                            ),
                        ),
                    ],
                    options={"db_table": "session_requests"},
                ),
            ],
        ),
    ]
