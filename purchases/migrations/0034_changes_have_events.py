"""Let no count change without its event, and let the triggers leave alone what comes with its
ledger: a dump that is loaded with session_replication_role = replica, and the tables of a logical
subscription."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent
# The functions, and the migration that has the former version of each.
FUNCTIONS = [
    ("record_session_event", "0020"),
    ("record_purchase_event", "0032"),
    ("record_expiry_event", "0011"),
    ("record_client_event", "0032"),
    ("record_offer_event", "0030"),
    ("record_truncated_purchases", "0018"),
    ("record_truncated_clients", "0027"),
]


def former(name, number):
    """Return the former function without the triggers of its file, which stay."""
    text = (FOLDER / f"{number}_{name}.sql").read_text()
    return text.partition("CREATE TRIGGER")[0].replace(
        "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
    )


class Migration(migrations.Migration):
    dependencies = [("purchases", "0033_rebuild_search_terms")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0034_comes_with_ledger.sql").read_text(),
            reverse_sql="DROP FUNCTION public.comes_with_ledger(text, regclass)",
        ),
        migrations.RunSQL(
            (FOLDER / "0034_refuse_without_event.sql").read_text(),
            reverse_sql="DROP FUNCTION public.refuse_without_event()",
        ),
        *(
            migrations.RunSQL(
                (FOLDER / f"0034_{name}.sql").read_text(), reverse_sql=former(name, number)
            )
            for name, number in FUNCTIONS
        ),
    ]
