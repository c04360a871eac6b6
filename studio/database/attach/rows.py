"""Count rows of other programs that break a constraint which attaching adds."""

from typing import NamedTuple

from studio.database.attach.report import Report
from studio.database.attach.target import TABLES
from studio.database.schema import postgres

CONSTRAINT = "sessions_used_is_between_0_and_total"
VIOLATION = "sessions_used < 0 OR sessions_used > sessions_total"
SELECT_VIOLATIONS = (
    "SELECT id, client_id, sessions_used, sessions_total FROM public.client_purchases "  # noqa: S608
    f"WHERE {VIOLATION}"
)
LISTED = 20


class MalformedRows(NamedTuple):
    description: str
    condition: str


MALFORMED_ROWS = [
    MalformedRows("fewer than 0 sessions used", "sessions_used < 0"),
    MalformedRows("more used than bought", "sessions_used > sessions_total"),
    MalformedRows(
        "a pack whose count is missing", "sessions_used IS NULL AND sessions_total IS NOT NULL"
    ),
]

ROWS = """
SELECT client_purchases.id::text, coalesce(full_name, '(no client)'),
    coalesce(sessions_used::text, 'null'), coalesce(sessions_total::text, 'null')
FROM public.client_purchases
LEFT JOIN public.clients ON clients.id = client_id
WHERE <condition>
ORDER BY client_purchases.id
LIMIT <limit>
"""


def inspect_rows(report: Report) -> None:
    """Report malformed rows. The four tables must have every column that the site needs."""
    numbers = ", ".join(f"{count(table, 'true'):,} {table}" for table in TABLES)
    report.note(f"rows: {numbers}")
    for malformed in MALFORMED_ROWS:
        if number := count("client_purchases", malformed.condition):
            report.note(f"{number:,} × {malformed.description}:{listed(malformed, number)}")
    if number := count("client_purchases", VIOLATION):
        report.warn(
            f"{number:,} purchases break {CONSTRAINT}, which stays NOT VALID. They are not "
            "changed. But PostgreSQL checks the constraint on every update of a row, so no program "
            "can update another column of such a row before its count is corrected. To find "
            f"them: {SELECT_VIOLATIONS}. After they are corrected: "
            f"ALTER TABLE public.client_purchases VALIDATE CONSTRAINT {CONSTRAINT}"
        )


def count(table: str, condition: str) -> int:
    query = f"SELECT count(*) FROM public.{table} WHERE {condition}"  # noqa: S608  our own words
    row = postgres().execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def listed(malformed: MalformedRows, number: int) -> str:
    query = ROWS.replace("<condition>", malformed.condition).replace("<limit>", str(LISTED))
    found = postgres().execute(query.encode()).fetchall()
    lines = [
        f"\n      {key}  {client}: {used} of {total} used" for key, client, used, total in found
    ]
    if number > LISTED:
        lines.append(f"\n      and {number - LISTED:,} more")
    return "".join(lines)
