"""Extend a pack and undo an extension, by request or by operation, and read the expiry ledger."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases import operations
from purchases.models import ExpiryEvent, Purchase
from purchases.operations.commands import Extend, UndoExtension
from studio.models import User
from tests.ledger import fresh
from tests.pages import send

# The ends of days in UTC, as the site passes the ends of days of an org's time zone.
DAY_ENDS = (
    "ARRAY(SELECT day - interval '1 second' FROM generate_series("
    "date_trunc('day', now()) - interval '9 days', now() + interval '400 days', interval '1 day'"
    ") AS day)"
)
EXTEND_BY_A_WEEK = f"extend_expiry(%s, NULL, 7, {DAY_ENDS})"


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


def extended_by(user: User, purchase: Purchase, **terms: Any) -> ExpiryEvent:
    """Extend by `terms`, or by a week if they name neither days nor a date."""
    if "until" not in terms:
        terms = {"days": 7} | terms
    result = operations.extend(
        member=user.membership,
        purchase=fresh(purchase),
        command=Extend(request_id=uuid4(), **terms),
    )
    return ExpiryEvent.objects.get(pk=result.event_id)


def extension_undone_by(user: User, event: ExpiryEvent) -> ExpiryEvent:
    result = operations.undo_extension(
        member=user.membership,
        event=ExpiryEvent.objects.get(pk=event.pk),
        command=UndoExtension(request_id=uuid4()),
    )
    return ExpiryEvent.objects.get(pk=result.event_id)


def expiry_of(purchase: Purchase) -> datetime | None:
    expires_at: datetime | None = fresh(purchase).expires_at
    return expires_at


def expiry_lines(purchase: Purchase) -> list[tuple[str, datetime | None, datetime | None]]:
    """Return (kind, expiry before, expiry after) of each change, oldest first."""
    events = ExpiryEvent.objects.filter(purchase_id=purchase.pk).order_by("pk")
    return list(events.values_list("kind", "expires_before", "expires_at"))


def end_of_the_day(days: int, *, after: datetime | None = None) -> datetime:
    """Return the last second of the day `days` after today, or after the time `after`."""
    day: datetime = timezone.localtime(after) + timedelta(days=days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)
