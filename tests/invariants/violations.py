"""What `purchases.invariants` finds, how it says so, and what a test writes past the triggers."""

import re

from purchases import invariants
from purchases.models import Purchase
from tests.database import value


def found() -> list[str]:
    """A line each."""
    return [str(violation) for _, batch in invariants.check() for violation in batch]


def write_event(purchase: Purchase, **columns: object) -> int:
    event = {"org_id": purchase.org_id, "purchase_id": purchase.pk, "made_by": "a test"} | columns
    places = ", ".join(["%s"] * len(event))
    names = ", ".join(event)
    insert = f"INSERT INTO session_events ({names}) VALUES ({places}) RETURNING id"
    event_id = value(insert, *event.values())
    assert isinstance(event_id, int)
    return event_id


def advice(line: str) -> str:
    """The statement that the line ends in."""
    statement = re.search(r"INSERT INTO .*;$", line)
    assert statement, line
    return statement[0]
