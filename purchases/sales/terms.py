"""The values that an offer fills into a sale, and the ways to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from purchases import clock
from purchases.currencies import typed_amount
from purchases.days import LAST_DAY, day_end
from purchases.models import Offer


class PaidBy(models.TextChoices):
    """How a client paid; the values but NOT_YET are stored as the method of the payment."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    OTHER = "other", pgettext_lazy("paid by", "Other")
    NOT_YET = "not_yet", _("Not paid yet")


@dataclass(frozen=True)
class OfferToSell:
    """An offer with the values of the fields that it fills, for a sale of today."""

    offer: Offer
    price: str
    sessions: int | None
    last_day: date | None

    @property
    def expires(self) -> str:
        """Return the last day as a date field has it, or an empty text."""
        return self.last_day.isoformat() if self.last_day else ""


def offer_to_sell(offer: Offer) -> OfferToSell:
    return OfferToSell(
        offer=offer,
        price=typed_amount(offer.price_cents, offer.currency),
        sessions=sessions_of(offer),
        last_day=last_day_of(offer),
    )


def sessions_of(offer: Offer) -> int | None:
    """Return the sessions of an offer with its extra ones, or None if it does not count them."""
    if offer.sessions_included is None:
        return None
    return max(0, offer.sessions_included + (offer.bonus_sessions or 0))


def last_day_of(offer: Offer, sold_on: date | None = None) -> date | None:
    """Return the last day of a purchase: the offer's days after the day of the sale in the active
    time zone. Return None if the offer never expires."""
    if offer.pack_validity_days is None:
        return None
    first = sold_on or clock.today()
    days_left = (LAST_DAY - first).days
    return first + timedelta(days=max(0, min(offer.pack_validity_days, days_left)))


def expiry_of(last_day: date | None) -> datetime | None:
    """Return the end of the last day in the active time zone, or None."""
    return day_end(last_day, timezone.get_current_timezone()) if last_day else None
