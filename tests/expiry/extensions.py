"""Presses of Extend and its Undo, as the page sends them, and what the expiry's ledger has then."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases import operations
from purchases.models import ExpiryEvent, Purchase
from studio.models import User
from tests.ledger import fresh
from tests.pages import send


def extend(
    browser: Client, purchase: Purchase, *, htmx: bool = True, **fields: Any
) -> HttpResponseBase:
    path = reverse("purchases:extend", args=[purchase.pk])
    return send(browser, path, htmx=htmx, **fields)


def undo_extension(
    browser: Client, event: ExpiryEvent, *, htmx: bool = True, **fields: Any
) -> HttpResponseBase:
    path = reverse("purchases:undo_extension", args=[event.pk])
    return send(browser, path, htmx=htmx, **fields)


def extended_by(user: User, purchase: Purchase, **asked: Any) -> ExpiryEvent:
    """By a week, where nothing else is said."""
    if "until" not in asked:
        asked = {"days": 7} | asked
    done = operations.extend(
        member=user.membership, purchase=fresh(purchase), request_id=uuid4(), **asked
    )
    return ExpiryEvent.objects.get(pk=done.event_id)


def extension_undone_by(user: User, event: ExpiryEvent) -> ExpiryEvent:
    done = operations.undo_extension(
        member=user.membership, event=ExpiryEvent.objects.get(pk=event.pk), request_id=uuid4()
    )
    return ExpiryEvent.objects.get(pk=done.event_id)


def expiry_of(purchase: Purchase) -> datetime | None:
    expires_at: datetime | None = fresh(purchase).expires_at
    return expires_at


def expiry_lines(purchase: Purchase) -> list[tuple[str, datetime | None, datetime | None]]:
    """Oldest first: the kind of each change, and the expiry before and after it."""
    events = ExpiryEvent.objects.filter(purchase_id=purchase.pk).order_by("pk")
    return list(events.values_list("kind", "expires_before", "expires_at"))


def end_of_the_day(days: int, *, after: datetime | None = None) -> datetime:
    """The last second of the day that comes so many days after today, or after that moment."""
    day: datetime = timezone.localtime(after) + timedelta(days=days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)
