"""Add, change and retire offers. A trigger records each change with the user in offer_events.

A purchase keeps what it was sold with, because it has its own total, price and expiry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid5

import psycopg
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.database import SQL_DIR, fetch_values, read_statement
from purchases.member import Member
from purchases.models import Offer, OfferEvent
from purchases.operations.commands import OfferTerms, RetireOffer
from purchases.operations.requests import USED_BEFORE, Refused

NAME_OFFER_CHANGE = read_statement(SQL_DIR / "name_offer_change.sql")
OFFER_CHANGED = _(
    "Somebody changed this offer after you opened it. The page has the new values now. Check them,"
    " then change it again."
)


@contextmanager
def name_offer_change(user_id: int | None, request_id: UUID | None = None) -> Iterator[None]:
    """Open a transaction whose changes of offers are recorded with a user and a request id."""
    with transaction.atomic():
        _name(user_id or "", request_id or "")
        yield
        # A transaction around this one may change further offers.
        _name("", "")


def add_offer(*, member: Member, command: OfferTerms) -> Offer:
    """Add an offer to the member's org, and return it.

    Its id is derived from the request id, so a retry finds the same offer.
    Raise `Refused` if the request id was used for another change.
    """
    offer = Offer(pk=uuid5(command.request_id, "offer"), org_id=member.org_id)
    if _is_done(member, offer, command.request_id):
        return Offer.objects.get(pk=offer.pk)
    _set_terms(offer, command)
    try:
        with name_offer_change(member.user_id, command.request_id):
            offer.save(force_insert=True)
    except IntegrityError as error:
        # A concurrent request with the same id was faster.
        if not _is_done(member, offer, command.request_id):
            if isinstance(error.__cause__, psycopg.errors.UniqueViolation):
                # It was a request of another studio, which row level security hides.
                raise Refused(USED_BEFORE, "used_before") from error
            raise
    return offer


def edit_offer(*, member: Member, offer: Offer, command: OfferTerms, seen: int) -> None:
    """Change an offer. `seen` is the last event of the offer that the person saw, or 0.

    Raise `Refused` if the offer has changed since, or the request id was used for another change.
    """
    with name_offer_change(member.user_id, command.request_id):
        current = Offer.objects.select_for_update().get(pk=offer.pk, org_id=member.org_id)
        if _is_done(member, offer, command.request_id):
            return
        if last_offer_event(current) != seen:
            raise Refused(OFFER_CHANGED, "offer_changed")
        _set_terms(current, command)
        _save(current)


def retire_offer(*, member: Member, offer: Offer, command: RetireOffer) -> None:
    """Retire an offer, so that it is not sold any more, or bring it back."""
    with name_offer_change(member.user_id, command.request_id):
        current = Offer.objects.select_for_update().get(pk=offer.pk, org_id=member.org_id)
        if _is_done(member, offer, command.request_id):
            return
        current.is_active = command.is_active
        _save(current)


def last_offer_event(offer: Offer) -> int:
    """Return the id of the last event of an offer, or 0 without one."""
    return (
        OfferEvent.objects.filter(offer_id=offer.pk)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
        or 0
    )


def _is_done(member: Member, offer: Offer, request_id: UUID) -> bool:
    """Return whether the request was made before. Raise `Refused` if it was for another change."""
    event = OfferEvent.objects.filter(request_id=request_id).first()
    if event and (event.offer_id, event.actor_id) != (offer.pk, member.user_id):
        raise Refused(USED_BEFORE, "used_before")
    return event is not None


def _set_terms(offer: Offer, terms: OfferTerms) -> None:
    offer.name, offer.offer_type = terms.name, terms.offer_type
    offer.price_cents, offer.currency = terms.price_cents, terms.currency
    offer.sessions_included, offer.bonus_sessions = terms.sessions, terms.bonus
    offer.pack_validity_days = terms.valid_days


def _save(offer: Offer) -> None:
    columns = ["name", "offer_type", "price_cents", "currency", "sessions_included"]
    columns += ["bonus_sessions", "pack_validity_days", "is_active"]
    offer.updated_at = clock.now()
    offer.save(update_fields=[*columns, "updated_at"])


def _name(user_id: int | str, request_id: UUID | str) -> None:
    fetch_values(NAME_OFFER_CHANGE, {"actor_id": str(user_id), "request_id": str(request_id)})
