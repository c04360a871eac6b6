"""The values that an event of a purchase changed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from purchases.formatting import full, money, name_at, number
from purchases.models import PurchaseEvent


@dataclass(frozen=True)
class ChangedValue:
    """A column that an event changed. `label` is empty if the kind of the event names it."""

    label: str
    before: str
    after: str
    # Whether both are names, which browsers do not translate.
    is_name: bool


def changed_values(event: PurchaseEvent, org_id: UUID) -> list[ChangedValue]:
    """Return what the event changed, for a member of an org. Another program may change several
    columns at once."""
    pairs = [
        (gettext("Studio"), event.org_id_before, event.org_id, _studio(org_id)),
        (gettext("Client"), event.client_before_id, event.client_id, None),
        (gettext("Offer"), event.offer_before_id, event.offer_id, None),
        (gettext("Bought sessions"), event.sessions_total_before, event.sessions_total, number),
        (gettext("Price"), _price(event, before=True), _price(event, before=False), str),
        (gettext("Payment"), event.payment_status_before, event.payment_status, payment),
        (gettext("Method"), event.payment_method_before, event.payment_method, _text),
        (gettext("Bought on"), event.purchased_at_before, event.purchased_at, full),
        (gettext("Added on"), event.created_at_before, event.created_at, full),
    ]
    names: dict[str, tuple[Any, Any]] = {
        gettext("Client"): (event.client_before, event.client),
        gettext("Offer"): (event.offer_before, event.offer),
    }
    changed = []
    for label, before, after, in_words in pairs:
        if before == after:
            continue
        if in_words is None:
            was, is_now = (name_at(named, org_id) for named in names[label])
        else:
            was, is_now = in_words(before), in_words(after)
        changed.append(ChangedValue(label, was, is_now, is_name=in_words is None))
    return changed


def payment(status: str | None) -> str:
    match status:
        case "succeeded":
            return gettext("paid")
        case "refunded":
            return gettext("refunded")
        case "failed":
            return gettext("payment failed")
        case _:
            return gettext("not paid")


def _studio(own_org_id: UUID) -> Any:
    """Return a function that names an org: a member sees no name of another org."""

    def in_words(org_id: Any) -> str:
        is_own = org_id == own_org_id
        return gettext("this studio") if is_own else gettext("another studio")

    return in_words


def _price(event: PurchaseEvent, *, before: bool) -> str:
    cents = event.amount_paid_cents_before if before else event.amount_paid_cents
    currency = event.currency_before if before else event.currency
    return money(cents or 0, currency or "")


def _text(value: str | None) -> str:
    return value or "–"
