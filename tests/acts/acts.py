"""Helpers that post the forms of the acts, and read what came of it."""

from typing import Any
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases import operations
from purchases.models import Client as Buyer
from purchases.models import Purchase, PurchaseEvent, SessionEvent
from purchases.operations.commands import (
    CorrectTotal,
    CorrectUsed,
    MoveUse,
    ReceivePayment,
    Refund,
    Transfer,
)
from studio.models import User
from tests.history import page_of
from tests.ledger import fresh
from tests.pages import note_on, send, undo_on


def url_of(act: str, purchase: Purchase) -> str:
    return reverse(f"purchases:{act}", args=[purchase.pk])


def post_act(browser: Client, act: str, purchase: Purchase, **fields: Any) -> HttpResponseBase:
    """Send the form of the act's page."""
    return send(browser, url_of(act, purchase), **{"next": page_of(purchase)} | fields)


def message_after(browser: Client, answer: HttpResponseBase) -> str:
    """Follow the redirect to the purchase's page, and return its message."""
    assert answer.status_code == 302, getattr(answer, "content", b"").decode()
    return note_on(browser.get(answer["Location"]))


def undo_after(browser: Client, answer: HttpResponseBase, purchase: Purchase) -> str:
    """Press Undo in the message of the next page, and return the message after it."""
    url = undo_on(browser.get(answer["Location"]))
    assert url, "the message has an Undo button"
    return message_after(browser, send(browser, url, next=page_of(purchase)))


def newest_change(purchase: Purchase) -> PurchaseEvent:
    """Return the newest event of the purchase's own ledger."""
    return PurchaseEvent.objects.filter(purchase_id=purchase.pk).latest("pk")


def change_kinds(purchase: Purchase) -> list[str]:
    """Return the kinds of the purchase's own ledger after the first, oldest first."""
    events = PurchaseEvent.objects.filter(purchase_id=purchase.pk).order_by("pk")
    return list(events.values_list("kind", flat=True))[1:]


def transferred_by(
    user: User, purchase: Purchase, client: Buyer, **arguments: Any
) -> PurchaseEvent:
    command = Transfer(request_id=uuid4(), client_id=client.pk, **arguments)
    done = operations.transfer(
        member=user.membership, purchase=fresh(purchase), client=client, command=command
    )
    return PurchaseEvent.objects.get(pk=done.event_id)


def refunded_by(user: User, purchase: Purchase, amount_cents: int = 8000) -> PurchaseEvent:
    command = Refund(request_id=uuid4(), amount_cents=amount_cents)
    done = operations.refund(member=user.membership, purchase=fresh(purchase), command=command)
    return PurchaseEvent.objects.get(pk=done.event_id)


def paid_by(user: User, purchase: Purchase) -> PurchaseEvent:
    """Record that the user received the payment."""
    command = ReceivePayment(request_id=uuid4())
    done = operations.receive_payment(
        member=user.membership, purchase=fresh(purchase), command=command
    )
    return PurchaseEvent.objects.get(pk=done.event_id)


def total_corrected_by(user: User, purchase: Purchase, adjust_by: int) -> PurchaseEvent:
    command = CorrectTotal(request_id=uuid4(), adjust_by=adjust_by, note="counted twice")
    done = operations.correct_total(
        member=user.membership, purchase=fresh(purchase), command=command
    )
    return PurchaseEvent.objects.get(pk=done.event_id)


def used_corrected_by(user: User, purchase: Purchase, adjust_by: int) -> SessionEvent:
    command = CorrectUsed(request_id=uuid4(), adjust_by=adjust_by, note="two on paper")
    done = operations.correct_used(
        member=user.membership, purchase=fresh(purchase), command=command
    )
    return SessionEvent.objects.get(pk=done.event_id)


def moved_by(
    user: User, purchase: Purchase, to: Purchase, event_id: int | None = None
) -> SessionEvent:
    command = MoveUse(request_id=uuid4(), to_purchase_id=to.pk, event_id=event_id)
    done = operations.move_use(member=user.membership, purchase=fresh(purchase), command=command)
    return SessionEvent.objects.get(pk=done.event_id)
