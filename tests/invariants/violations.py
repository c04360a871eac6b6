"""Read the violations that `purchases.invariants` reports, and insert contradictory events."""

import re

from purchases import invariants
from purchases.models import Purchase
from tests.database import value


def violation_lines() -> list[str]:
    """Return one line for each violation."""
    return [str(violation) for _, batch in invariants.check() for violation in batch]


def write_event(purchase: Purchase, **columns: object) -> int:
    event = {"org_id": purchase.org_id, "purchase_id": purchase.pk, "db_role": "a test"} | columns
    places = ", ".join(["%s"] * len(event))
    names = ", ".join(event)
    insert = f"INSERT INTO session_events ({names}) VALUES ({places}) RETURNING id"
    event_id = value(insert, *event.values())
    assert isinstance(event_id, int)
    return event_id


def advice(line: str) -> str:
    """Return the repair statement at the end of the line."""
    statement = re.search(r"INSERT INTO .*;$", line)
    assert statement, line
    return statement[0]
