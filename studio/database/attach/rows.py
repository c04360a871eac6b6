"""Rows that other programs left, and that no constraint of ours would let them leave again."""

from typing import NamedTuple

from studio.database.attach.report import Report
from studio.database.attach.target import TABLES
from studio.database.schema import postgres

CONSTRAINT = "sessions_used_is_between_0_and_total"
BREAKS_IT = "sessions_used < 0 OR sessions_used > sessions_total"
FIND_THEM = (
    "SELECT id, client_id, sessions_used, sessions_total FROM public.client_purchases "  # noqa: S608
    f"WHERE {BREAKS_IT}"
)
LISTED = 20


class Oddity(NamedTuple):
    what: str
    condition: str


ODDITIES = [
    Oddity("less than nothing used", "sessions_used < 0"),
    Oddity("more used than bought", "sessions_used > sessions_total"),
    Oddity("a pack whose count is missing", "sessions_used IS NULL AND sessions_total IS NOT NULL"),
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
    """Only where the four tables are as they have to be."""
    numbers = ", ".join(f"{count(table, 'true'):,} {table}" for table in TABLES)
    report.note(f"rows: {numbers}")
    for oddity in ODDITIES:
        if number := count("client_purchases", oddity.condition):
            report.note(f"{number:,} × {oddity.what}:{listed(oddity, number)}")
    if number := count("client_purchases", BREAKS_IT):
        report.warn(
            f"{number:,} purchases break {CONSTRAINT}, which stays NOT VALID. They stay as they "
            "are; but until one is corrected, no program can change it in a way that leaves it "
            "broken, another column included: a CHECK is looked at on every update of a row. To "
            f"find them: {FIND_THEM}. Once they are corrected: ALTER TABLE public.client_purchases "
            f"VALIDATE CONSTRAINT {CONSTRAINT}"
        )


def count(table: str, condition: str) -> int:
    query = f"SELECT count(*) FROM public.{table} WHERE {condition}"  # noqa: S608  our own words
    row = postgres().execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def listed(oddity: Oddity, number: int) -> str:
    query = ROWS.replace("<condition>", oddity.condition).replace("<limit>", str(LISTED))
    found = postgres().execute(query.encode()).fetchall()
    lines = [
        f"\n      {key}  {client}: {used} of {total} used" for key, client, used, total in found
    ]
    if number > LISTED:
        lines.append(f"\n      and {number - LISTED:,} more")
    return "".join(lines)
