"""The clients of a transfer, for its message."""

from purchases.models import PurchaseEvent
from purchases.operations import Changed


def clients_of(done: Changed) -> dict[str, object]:
    """Return the kind of an event, and the names of the client before and after it. They come from
    the event, so that a retry gets the first message."""
    event = PurchaseEvent.objects.select_related("client", "client_before").get(pk=done.event_id)
    return {"kind": event.kind, "from": event.client_before, "to": event.client}
