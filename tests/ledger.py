"""Helpers that read the append-only ledger (the audit trail) and write to it by operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from purchases import operations
from purchases.models import Purchase, SessionEvent
from purchases.operations.commands import Reinstate, Undo, Use
from studio.models import User
from tests.database import rows


def lines(purchase: Purchase) -> list[tuple[str, int, int | None]]:
    """Return (kind, delta, count after it) of each event of the purchase, oldest first."""
    return list(
        SessionEvent.objects.filter(purchase_id=purchase.pk)
        .order_by("pk")
        .values_list("kind", "delta", "sessions_used")
    )


def changes(purchase: Purchase) -> list[tuple[str, int, int | None]]:
    """Return the lines after the first, which is the `opened` event."""
    return lines(purchase)[1:]


def newest(purchase: Purchase) -> SessionEvent:
    return SessionEvent.objects.filter(purchase_id=purchase.pk).latest("pk")


def used_by(user: User, purchase: Purchase, **arguments: Any) -> SessionEvent:
    done = operations.use(
        member=user.membership,
        purchase=fresh(purchase),
        command=Use(request_id=uuid4(), **arguments),
    )
    return SessionEvent.objects.get(pk=done.event_id)


def reinstated_by(user: User, purchase: Purchase, **arguments: Any) -> SessionEvent:
    done = operations.reinstate(
        member=user.membership,
        purchase=fresh(purchase),
        command=Reinstate(request_id=uuid4(), **arguments),
    )
    return SessionEvent.objects.get(pk=done.event_id)


def undone_by(user: User, reinstatement: SessionEvent) -> SessionEvent:
    event = SessionEvent.objects.get(pk=reinstatement.pk)
    done = operations.undo(member=user.membership, event=event, command=Undo(request_id=uuid4()))
    return SessionEvent.objects.get(pk=done.event_id)


def fresh(purchase: Purchase) -> Purchase:
    """Load the purchase again, as the next request would."""
    return Purchase.objects.get(pk=purchase.pk)


@contextmanager
def unguarded(table: str) -> Iterator[None]:
    """Disable the table's triggers, as only its owner can, and enable them as they were."""
    always = "tgrelid = %s::regclass AND tgenabled = 'A'"
    triggers = rows(f"SELECT tgname FROM pg_trigger WHERE {always}", table)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for (trigger,) in triggers:
        rows(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def change_unrecorded(purchase: Purchase, assignment: str) -> None:
    """Update the purchase without writing an event."""
    with unguarded("client_purchases"):
        rows(f"UPDATE client_purchases SET {assignment} WHERE id = %s", purchase.pk)


# A second implementation of the invariants, because `purchases.invariants` is under test as well.
# Counts outside 0 to total are allowed while the check constraint is not validated (legacy rows).
BROKEN = """
    SELECT format('%s: %s are used, its events add up to %s', coalesce(purchase.id, sums.id),
        coalesce(purchase.sessions_used, 0), sums.total)
    FROM client_purchases AS purchase
    FULL JOIN (
        SELECT purchase_id AS id, sum(delta) AS total, bool_or(kind = 'opened') AS is_opened
        FROM session_events GROUP BY purchase_id
    ) AS sums ON sums.id = purchase.id
    WHERE coalesce(purchase.sessions_used, 0) <> coalesce(sums.total, 0)
        OR sums.is_opened IS NOT TRUE
    UNION ALL
    SELECT format('%s: %s are used of %s', id, sessions_used, sessions_total)
    FROM client_purchases
    WHERE (sessions_used < 0 OR sessions_used > sessions_total) AND NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conname = 'sessions_used_is_between_0_and_total' AND NOT convalidated
    )
    UNION ALL
    SELECT format('request %s has %s events', request_id, count(*))
    FROM session_events WHERE request_id IS NOT NULL
    GROUP BY request_id, purchase_id HAVING count(*) > 1
    UNION ALL
    SELECT format('%s differs from what its ledgers rebuild', coalesce(purchase.id, rebuilt.id))
    FROM client_purchases AS purchase
    LEFT JOIN LATERAL purchase_as_of(purchase.id) AS rebuilt ON true
    WHERE EXISTS (SELECT FROM purchase_events WHERE purchase_id = purchase.id)
        AND (
            purchase.org_id, purchase.client_id, purchase.offer_id, purchase.amount_paid_cents,
            purchase.currency, purchase.sessions_total, purchase.sessions_used,
            purchase.purchased_at, purchase.expires_at, purchase.payment_status,
            purchase.payment_method, purchase.created_at
        ) IS DISTINCT FROM (
            rebuilt.org_id, rebuilt.client_id, rebuilt.offer_id, rebuilt.amount_paid_cents,
            rebuilt.currency, rebuilt.sessions_total, rebuilt.sessions_used,
            rebuilt.purchased_at, rebuilt.expires_at, rebuilt.payment_status,
            rebuilt.payment_method, rebuilt.created_at
        )
    UNION ALL
    SELECT format('event %s is reversed %s times', reverses_id, count(*))
    FROM session_events WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
    UNION ALL
    SELECT format('%s expires at %s, and its last event has %s', id, expires_at, last.expiry)
    FROM client_purchases AS purchase
    JOIN (
        SELECT DISTINCT ON (purchase_id) purchase_id, expires_at AS expiry
        FROM expiry_events ORDER BY purchase_id, id DESC
    ) AS last ON last.purchase_id = purchase.id
    WHERE purchase.expires_at IS DISTINCT FROM last.expiry
    UNION ALL
    SELECT format('extension %s is undone %s times', reverses_id, count(*))
    FROM expiry_events WHERE reverses_id IS NOT NULL GROUP BY reverses_id HAVING count(*) > 1
    UNION ALL
    SELECT format('event %s reverses %s, of another purchase', id, reverses_id)
    FROM session_events AS event
    WHERE reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM session_events
        WHERE id = event.reverses_id AND purchase_id = event.purchase_id
    )
    UNION ALL
    SELECT format('the client %s differs from its last event', last.client_id)
    FROM (
        SELECT DISTINCT ON (client_id) * FROM client_events ORDER BY client_id, id DESC
    ) AS last
    LEFT JOIN clients AS client ON client.id = last.client_id
    WHERE (last.kind = 'deleted') <> (client.id IS NULL)
        OR last.erased_at IS NULL AND last.kind <> 'deleted' AND (
            client.org_id, client.full_name, client.email, client.phone, client.notes,
            client.status
        ) IS DISTINCT FROM (
            last.org_id, last.full_name, last.email, last.phone, last.notes, last.status
        )
"""


def broken_invariants() -> list[str]:
    return [line for (line,) in rows(BROKEN)]
