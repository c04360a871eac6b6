from pathlib import Path

from django.db import migrations, models

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
    ("undone", "This was undone already."),
    ("no_room", "This can't be undone: all sessions of this pack count as used already."),
    ("not_yours", "Only who did this, or an owner, can undo it."),
    ("too_late", "Undo is for the first 15 minutes. An owner can still do it."),
    ("never_expires", "Nothing to extend: this pack never expires."),
    ("not_later", "This pack is good until then already. Choose a later day."),
    ("past", "That day is past. Choose a day from today on."),
    ("expiry_changed", "The expiry was changed since. Look at the history."),
    ("over_allowance", "This is beyond your studio's allowance. An owner can do it."),
]


class Migration(migrations.Migration):
    dependencies = [("purchases", "0025_newest_first_with_the_client")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="DROP FUNCTION public.hold_for_undo(uuid, bigint)",
            state_operations=[
                migrations.AlterField(
                    "sessionrequest", "objection", models.TextField(choices=OBJECTIONS, null=True)
                ),
            ],
        ),
    ]
