"""The lists of events: the whole history of an org, and the sessions given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from purchases.currencies import amount
from purchases.database import SQL_DIR, read_statement, stream_rows
from purchases.exports.columns import Column, Filter, Kind, Parts, Row, labels, payments
from purchases.models import ExpiryEvent, PurchaseEvent, SessionEvent, SessionRequest

SESSION_EVENTS = read_statement(SQL_DIR / "export_session_events.sql")
EXPIRY_EVENTS = read_statement(SQL_DIR / "export_expiry_events.sql")
PURCHASE_EVENTS = read_statement(SQL_DIR / "export_purchase_events.sql")


class CountEvent(NamedTuple):
    at: datetime
    line: str
    kind: str
    delta: int
    used: int | None
    is_reversed: bool
    client: str | None
    email: str | None
    offer: str | None
    reason: str | None
    note: str | None
    actor: str | None
    approver: str | None
    program: str | None
    purchase_id: UUID


class ExpiryChange(NamedTuple):
    at: datetime
    line: str
    kind: str
    before: datetime | None
    after: datetime | None
    client: str | None
    email: str | None
    offer: str | None
    note: str | None
    actor: str | None
    program: str | None
    purchase_id: UUID


class PurchaseChange(NamedTuple):
    at: datetime
    line: str
    kind: str
    former_client: str | None
    client: str | None
    email: str | None
    offer: str | None
    total_before: int | None
    total: int | None
    paid_before: str | None
    paid: str | None
    cents: int | None
    currency: str | None
    note: str | None
    actor: str | None
    program: str | None
    purchase_id: UUID


def history(chosen: Filter) -> Parts:
    columns = [
        Column(_("When"), Kind.TIME),
        Column(_("Line"), Kind.CODE),
        Column(_("Record")),
        Column(_("Event")),
        Column(_("Client")),
        Column(_("E-mail")),
        Column(_("Offer")),
        Column(_("Change of used sessions"), Kind.NUMBER),
        Column(_("Used sessions"), Kind.NUMBER),
        Column(_("Bought sessions before"), Kind.NUMBER),
        Column(_("Bought sessions"), Kind.NUMBER),
        Column(_("Expiry before"), Kind.TIME),
        Column(_("Expires on"), Kind.TIME),
        Column(_("Client before")),
        Column(_("Payment before")),
        Column(_("Payment")),
        Column(_("Price"), Kind.AMOUNT),
        Column(_("Currency")),
        Column(_("Reason")),
        Column(_("Note")),
        Column(_("Who")),
        Column(_("Confirmed by")),
        Column(_("Program")),
        Column(_("Purchase ID"), Kind.CODE),
    ]
    ledgers = _counts(chosen), _expiries(chosen), _changes(chosen)
    # Each ledger stays in the order of its ids, because the server's clock may be set back.
    return columns, lambda: merge(*ledgers, key=itemgetter(0), reverse=True)


def _counts(chosen: Filter) -> Iterator[Row]:
    record, kinds, reasons = _("Used sessions"), labels(SessionEvent.Kind), _reasons()
    empty = [None] * 9

    def rows() -> Iterator[Row]:
        params = {**chosen.params, "kinds": None}
        for e in stream_rows(SESSION_EVENTS, params, CountEvent):
            head = [e.at, e.line, record, kinds.get(e.kind, e.kind), e.client, e.email, e.offer]
            why = [reasons.get(e.reason, e.reason), e.note, e.actor, e.approver]
            yield [*head, e.delta, e.used, *empty, *why, e.program, e.purchase_id]

    return rows()


def _expiries(chosen: Filter) -> Iterator[Row]:
    record, kinds = _("Expiry"), labels(ExpiryEvent.Kind)

    def rows() -> Iterator[Row]:
        for e in stream_rows(EXPIRY_EVENTS, chosen.params, ExpiryChange):
            head = [e.at, e.line, record, kinds.get(e.kind, e.kind), e.client, e.email, e.offer]
            changed = [None, None, None, None, e.before, e.after, None, None, None]
            why = [None, None, None, e.note, e.actor, None]
            yield [*head, *changed, *why, e.program, e.purchase_id]

    return rows()


def _changes(chosen: Filter) -> Iterator[Row]:
    record, kinds, paid = _("Purchase"), labels(PurchaseEvent.Kind), payments()

    def rows() -> Iterator[Row]:
        for e in stream_rows(PURCHASE_EVENTS, chosen.params, PurchaseChange):
            head = [e.at, e.line, record, kinds.get(e.kind, e.kind), e.client, e.email, e.offer]
            sessions = [None, None, e.total_before, e.total, None, None, e.former_client]
            was = paid.get(e.paid_before) if e.paid_before else None
            cost = None if e.cents is None else amount(e.cents, e.currency or "")
            money = [was, paid.get(e.paid) if e.paid else None, cost, _upper(e.currency)]
            yield [
                *[*head, *sessions, *money, None, e.note, e.actor, None],
                *[e.program, e.purchase_id],
            ]

    return rows()


def given_back(chosen: Filter) -> Parts:
    columns = [
        Column(_("When"), Kind.TIME),
        Column(_("Line"), Kind.CODE),
        Column(_("Client")),
        Column(_("E-mail")),
        Column(_("Offer")),
        Column(_("Used sessions"), Kind.NUMBER),
        Column(_("Undone")),
        Column(_("Reason")),
        Column(_("Note")),
        Column(_("Who")),
        Column(_("Confirmed by")),
        Column(_("Program")),
        Column(_("Purchase ID"), Kind.CODE),
    ]
    reasons, undone = _reasons(), _("undone")

    def rows() -> Iterator[Row]:
        params = {**chosen.params, "kinds": [SessionEvent.Kind.REINSTATED.value]}
        for e in stream_rows(SESSION_EVENTS, params, CountEvent):
            head = [e.at, e.line, e.client, e.email, e.offer, e.used]
            why = [reasons.get(e.reason, e.reason), e.note, e.actor, e.approver]
            yield [*head, undone if e.is_reversed else None, *why, e.program, e.purchase_id]

    return columns, rows


def _reasons() -> dict[str | None, str]:
    return {None: "", **labels(SessionRequest.Reason)}


def _upper(currency: str | None) -> str | None:
    return currency and currency.upper()
