"""Check the expiry of each purchase against expiry_events."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.invariants.findings import Finding, Ids, reversed_twice
from purchases.models import ExpiryEvent, Purchase

SELECT_UNEXPLAINED = read_statement(SQL_DIR / "select_unexplained_expiries.sql")


class UnexplainedRow(NamedTuple):
    purchase_id: UUID
    current: str | None
    recorded: str | None


def expiries_that_their_events_do_not_explain(ids: Ids) -> Iterator[Finding]:
    existing = Purchase.objects.filter(pk=OuterRef("purchase_id"))
    later = ExpiryEvent.objects.filter(purchase_id=OuterRef("purchase_id"), pk__gt=OuterRef("pk"))
    last = ExpiryEvent.objects.filter(
        ids.condition("purchase_id"), ~Exists(later), Exists(existing)
    )
    current = F("purchase__expires_at")
    found = last.filter(
        Q(expires_at__lt=current)
        | Q(expires_at__gt=current)
        | Q(expires_at=None, purchase__expires_at__isnull=False)
        | Q(expires_at__isnull=False, purchase__expires_at=None)
    )
    for pk, expires_at, recorded in found.values_list(
        "purchase_id", "purchase__expires_at", "expires_at"
    ):
        wrong = f"it expires {_timestamp(expires_at)} and its last event has {_timestamp(recorded)}"
        yield pk, wrong, _record(pk, "expiry_events WHERE")


def expiries_that_their_opening_does_not_explain(ids: Ids) -> Iterator[Finding]:
    params = {"after": ids.after, "last": ids.last}
    for row in fetch_all(SELECT_UNEXPLAINED, params, UnexplainedRow):
        wrong = f"it expires {row.current or 'never'} and was opened with {row.recorded or 'never'}"
        opening = "purchase_events WHERE kind IN ('opened', 'sold') AND"
        yield row.purchase_id, wrong, _record(row.purchase_id, opening)


def extensions_undone_twice(ids: Ids) -> Iterator[Finding]:
    yield from reversed_twice(ExpiryEvent, ids, "an_extension_is_undone_once")


def _record(pk: UUID, last: str) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    record = (
        "INSERT INTO public.expiry_events"  # noqa: S608
        " (org_id, purchase_id, kind, expires_before, expires_at, db_role)"
        f" SELECT org_id, id, 'corrected', (SELECT expires_at FROM public.{last}"
        " purchase_id = purchase.id ORDER BY id DESC LIMIT 1), expires_at, current_user"
        f" FROM public.client_purchases AS purchase WHERE id = '{pk}';"
    )
    return f"Record what is missing, then correct the expiry if it is wrong: {record}"


def _timestamp(expires_at: datetime | None) -> str:
    return "never" if expires_at is None else f"{expires_at:%Y-%m-%d %H:%M:%S%z}"
