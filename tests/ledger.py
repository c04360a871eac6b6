"""What stands in the ledger, and members who write into it by what they do."""

from typing import Any
from uuid import uuid4

from purchases import operations
from purchases.models import Purchase, SessionEvent
from studio.models import User


def lines(purchase: Purchase) -> list[tuple[str, int, int | None]]:
    """The kind of each event of a purchase, oldest first, what it added and the count after it."""
    return list(
        SessionEvent.objects.filter(purchase_id=purchase.pk)
        .order_by("pk")
        .values_list("kind", "delta", "sessions_used")
    )


def changes(purchase: Purchase) -> list[tuple[str, int, int | None]]:
    """The lines after the first, which opened it."""
    return lines(purchase)[1:]


def newest(purchase: Purchase) -> SessionEvent:
    return SessionEvent.objects.filter(purchase_id=purchase.pk).latest("pk")


def used_by(user: User, purchase: Purchase, **asked: Any) -> SessionEvent:
    done = operations.use(
        member=user.membership, purchase=fresh(purchase), request_id=uuid4(), **asked
    )
    return SessionEvent.objects.get(pk=done.event_id)


def reinstated_by(user: User, purchase: Purchase, **asked: Any) -> SessionEvent:
    done = operations.reinstate(
        member=user.membership, purchase=fresh(purchase), request_id=uuid4(), **asked
    )
    return SessionEvent.objects.get(pk=done.event_id)


def undone_by(user: User, reinstatement: SessionEvent) -> SessionEvent:
    event = SessionEvent.objects.get(pk=reinstatement.pk)
    done = operations.undo(member=user.membership, event=event, request_id=uuid4())
    return SessionEvent.objects.get(pk=done.event_id)


def fresh(purchase: Purchase) -> Purchase:
    """As it stands now, for an operation that is a person's next press."""
    return Purchase.objects.get(pk=purchase.pk)
