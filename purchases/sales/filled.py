"""The values of the fields of a sale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from purchases.models import Offer
from purchases.sales.terms import offer_to_sell

if TYPE_CHECKING:
    from purchases.sales.forms import SellForm


@dataclass(frozen=True)
class NewClientFields:
    """The values of the fields of a new client."""

    full_name: str = ""
    email: str = ""
    phone: str = ""

    @classmethod
    def posted(cls, data: Mapping[str, str]) -> NewClientFields:
        return cls(*(data.get(name, "") for name in ("full_name", "email", "phone")))


def new_client_fields(q: str) -> NewClientFields:
    """Return a search as the name, the e-mail or the phone number of a new client."""
    if "@" in q:
        return NewClientFields(email=q)
    if any(map(str.isdigit, q)) and not any(map(str.isalpha, q)):
        return NewClientFields(phone=q)
    return NewClientFields(full_name=q)


def values_of(form: SellForm, offer: Offer | None, *, fills: bool) -> dict[str, str]:
    """Return the price, sessions and last day as typed. If `fills`, those of the offer fill fields
    that are empty, or all fields if another offer filled them."""
    names = ("price", "sessions", "expires")
    typed = {name: form.data.get(name, "") for name in names}
    typed["filled_for"] = form.data.get("filled_for", "")
    if offer is None or not fills:
        return typed
    terms = offer_to_sell(offer)
    sessions = "" if terms.sessions is None else str(terms.sessions)
    filled = dict(zip(names, (terms.price, sessions, terms.expires), strict=True))
    if typed["filled_for"]:
        values = filled
    else:
        values = {name: typed[name] or filled[name] for name in names}
    return {**values, "filled_for": str(offer.pk)}
