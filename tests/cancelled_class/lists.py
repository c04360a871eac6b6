"""Lists of a cancelled class that are written down, and not worked through yet."""

from uuid import uuid4

from purchases.cancelled_class.process import create_list
from purchases.models import CancelledClass, Purchase, SessionEvent
from studio.models import User


def written_by(user: User, *purchases: Purchase, reason: str = "class_cancelled") -> CancelledClass:
    written, _ = create_list(
        member=user.membership,
        list_id=uuid4(),
        purchase_ids=[purchase.pk for purchase in purchases],
        reason=reason,
        note="",
    )
    return written


def given_back() -> int:
    """How many sessions were given back, to anybody."""
    return SessionEvent.objects.filter(kind=SessionEvent.Kind.REINSTATED).count()
