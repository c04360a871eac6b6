"""The values that an event of an offer changed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from purchases.formatting import money, number
from purchases.models import Offer, OfferEvent


@dataclass(frozen=True)
class ChangedTerm:
    """A column of an offer with its value before and after an event."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class OfferChange:
    """An event of an offer, with what it changed."""

    event: OfferEvent
    terms: list[ChangedTerm]


def changes_of(events: list[OfferEvent]) -> list[OfferChange]:
    return [OfferChange(event, _changed_terms(event)) for event in events]


def _changed_terms(event: OfferEvent) -> list[ChangedTerm]:
    """Return the columns that differ. The kind of the event names all others."""
    if event.before is None or event.after is None:
        return []
    before, after = _in_words(event.before), _in_words(event.after)
    return [
        ChangedTerm(label, before[label], after[label])
        for label in before
        if before[label] != after[label]
    ]


def _in_words(state: dict[str, Any]) -> dict[str, str]:
    """Return the columns by their labels."""
    types = dict(Offer.Type.choices)
    days = state["pack_validity_days"]
    return {
        gettext("Name"): state["name"],
        gettext("Description"): state["description"] or "–",
        gettext("Type"): str(types.get(state["offer_type"], state["offer_type"])),
        gettext("Price"): money(state["price_cents"], state["currency"]),
        gettext("Sessions"): number(state["sessions_included"]),
        gettext("Extra sessions"): number(state["bonus_sessions"] or 0),
        gettext("Valid for days"): gettext("never expires") if days is None else number(days),
    }
