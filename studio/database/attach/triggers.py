"""Inspect triggers of other programs, which also run when the site changes a row."""

from studio.database.attach.report import Report
from studio.database.attach.target import TABLES
from studio.database.schema import postgres

# Triggers on INSERT (4) or UPDATE (16) whose function is not SECURITY DEFINER or has no own
# search_path. Functions of our triggers have both.
UNPINNED_TRIGGERS = """
SELECT tgname::text, relname::text, tgfoid::regprocedure::text, tgtype & 16 > 0
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)
    AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 20 > 0
    AND NOT (prosecdef AND EXISTS (
        SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%'))
ORDER BY relname, tgname
"""


def inspect_triggers(report: Report) -> None:
    for name, table, function, on_update in (
        postgres().execute(UNPINNED_TRIGGERS, [TABLES]).fetchall()
    ):
        role = "studio_app for the site"
        if table == "client_purchases" and on_update:
            role += (
                ", and in release_session and use_session studio_ledger, whose search_path is "
                "pg_catalog"
            )
        report.warn(
            f"the trigger {name} on {table} runs {function} with the rights of the role that "
            f"changes the row: {role}. If it needs a table or a function of yours, that change "
            f"fails afterwards. Give it its own rights: ALTER FUNCTION {function} SECURITY DEFINER "
            "SET search_path = public, pg_temp"
        )
