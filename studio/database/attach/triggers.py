"""Triggers of other programs, which run whenever the site changes a row too."""

from studio.database.attach.report import Report
from studio.database.attach.target import TABLES
from studio.database.schema import postgres

# Of those that run on INSERT (4) or UPDATE (16), the ones whose function does not run with its
# owner's rights or has no search_path of its own. A trigger of ours has both.
LEANING = """
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
    for name, table, function, on_update in postgres().execute(LEANING, [TABLES]).fetchall():
        who = "studio_app where the site does it"
        if table == "client_purchases" and on_update:
            who += (
                ", and in release_session and use_session studio_ledger, with nothing but "
                "pg_catalog in its search_path"
            )
        report.warn(
            f"the trigger {name} on {table} runs {function} as whoever changes the row: {who}. "
            "Where it needs a table or a function of yours, that change fails from then on. Let it "
            f"bring its own rights: ALTER FUNCTION {function} SECURITY DEFINER "
            "SET search_path = public, pg_temp"
        )
