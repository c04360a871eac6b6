"""Create lists of a cancelled class."""

from uuid import uuid4

from purchases.cancelled_class.process import create_list, process_chunk
from purchases.models import CancelledClass, Purchase, SessionEvent
from studio.models import User


def create_list_by(
    user: User, *purchases: Purchase, reason: str = "class_cancelled"
) -> CancelledClass:
    class_list, _ = create_list(
        member=user.membership,
        list_id=uuid4(),
        purchase_ids=[purchase.pk for purchase in purchases],
        reason=reason,
        note="",
    )
    return class_list


def make_done_list(user: User, *purchases: Purchase) -> CancelledClass:
    """Create a list, and reinstate a session of each purchase."""
    class_list = create_list_by(user, *purchases)
    while class_list.lines.left().exists():
        process_chunk(member=user.membership, class_list=class_list)
    return class_list


def reinstatement_count() -> int:
    """Return the number of all reinstatements."""
    return SessionEvent.objects.filter(kind=SessionEvent.Kind.REINSTATED).count()
