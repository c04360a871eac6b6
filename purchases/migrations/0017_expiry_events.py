from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

KINDS = [("extended", "Extended"), ("undone", "Undone"), ("corrected", "Corrected")]
OPERATIONS = [
    ("reinstate", "Reinstate"),
    ("use", "Use"),
    ("undo", "Undo"),
    ("extend", "Extend"),
    ("undo_extension", "Undo extension"),
    ("correct_expiry", "Correct expiry"),
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
    ("never_expires", "Nothing to extend: this pack never expires."),
    ("not_later", "This pack is good until then already. Choose a later day."),
    ("past", "That day is past. Choose a day from today on."),
    ("expiry_changed", "The expiry was changed since. Look at the history."),
]
# The SQL restores the older constraints before it drops the columns that they don't know.
REVERSE = """
DROP TABLE public.expiry_events;
ALTER TABLE public.session_requests
    DROP CONSTRAINT session_requests_extend_says_how_long,
    DROP CONSTRAINT session_requests_undo_names_an_event,
    ADD CONSTRAINT session_requests_undo_names_an_event
        CHECK (operation <> 'undo' OR event_id IS NOT NULL),
    DROP CONSTRAINT session_requests_operation_is_known,
    ADD CONSTRAINT session_requests_operation_is_known
        CHECK (operation IN ('reinstate', 'use', 'undo')),
    DROP COLUMN extend_until,
    DROP COLUMN extend_days;
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0016_terms_of_long_phones")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=REVERSE,
            state_operations=[
                migrations.AlterField(
                    "sessionrequest", "operation", models.TextField(choices=OPERATIONS)
                ),
                migrations.AlterField(
                    "sessionrequest", "objection", models.TextField(choices=OBJECTIONS, null=True)
                ),
                migrations.AddField(
                    "sessionrequest", "extend_days", models.IntegerField(null=True)
                ),
                migrations.AddField("sessionrequest", "extend_until", models.DateField(null=True)),
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
                        ("kind", models.TextField(choices=KINDS)),
                        ("expires_before", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
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
                                related_name="expiry_events",
                                to="purchases.purchase",
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="expiry_event",
                                to="purchases.sessionrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.expiryevent",
                            ),
                        ),
                    ],
                    options={"db_table": "expiry_events"},
                ),
            ],
        ),
    ]
