"""Two people act on one purchase at the same time. Each race has a negative control: a fault of the
function that the same race detects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from purchases.models import Purchase
from studio.models import User
from tests.database import rows
from tests.factories import make_client, make_offer, make_purchase
from tests.integrity.faults import Fault, made_for_all
from tests.integrity.schedule import Connection, run
from tests.ledger import used_by

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = """
    INSERT INTO session_requests (
        request_id, operation, purchase_id, actor_id, event_id, note, adjust_by, to_client_id,
        to_purchase_id, refund_cents, offer_id
    ) VALUES (
        %(request_id)s, %(operation)s, %(purchase_id)s, %(actor_id)s, %(event_id)s, 'a race',
        %(adjust_by)s, %(to_client_id)s, %(to_purchase_id)s, %(refund_cents)s,
        %(offer_id)s
    )
"""
DETAILS = ["event_id", "adjust_by", "to_client_id", "to_purchase_id", "refund_cents", "offer_id"]


@dataclass
class Act:
    """A request of one person: its operation, the call of its function, and its details."""

    operation: str
    call: str
    purchase: Purchase
    actor: User
    details: dict[str, Any]

    def __call__(self, connection: Connection) -> object:
        request_id = uuid4()
        values = {
            **dict.fromkeys(DETAILS),
            "request_id": request_id,
            "operation": self.operation,
            "purchase_id": self.purchase.pk,
            "actor_id": self.actor.pk,
            **self.details,
        }
        connection.execute(REQUEST, values)
        connection.execute("SELECT set_config('studio.request_id', %s, true)", [str(request_id)])
        row = connection.execute(f"SELECT {self.call}", values).fetchone()
        return row and row[0]


def both(act: Act, other: Act | None = None) -> tuple[object, object]:
    outcome = run(act, other or act, "COMMIT")
    return outcome.first, outcome.second


def pack(mia: User, **columns: Any) -> Purchase:
    return make_purchase(org=mia.membership.org, **columns)


def corrected_used(mia: User) -> tuple[object, object]:
    purchase = pack(mia, total=4, used=3)
    call = "correct_used(%(purchase_id)s, %(adjust_by)s)"
    return both(Act("correct_used", call, purchase, mia, {"adjust_by": 1}))


def corrected_total(mia: User) -> tuple[object, object]:
    purchase = pack(mia, total=4, used=3)
    call = "correct_total(%(purchase_id)s, %(adjust_by)s)"
    return both(Act("correct_total", call, purchase, mia, {"adjust_by": -1}))


def transferred(mia: User) -> tuple[object, object]:
    purchase = pack(mia)
    heir = make_client(org=purchase.org).pk
    call = "transfer_purchase(%(purchase_id)s, %(to_client_id)s)"
    return both(Act("transfer", call, purchase, mia, {"to_client_id": heir}))


def refunded(mia: User) -> tuple[object, object]:
    call = "refund_purchase(%(purchase_id)s)"
    return both(Act("refund", call, pack(mia), mia, {"refund_cents": 100}))


def paid(mia: User) -> tuple[object, object]:
    purchase = pack(mia, payment_status="pending")
    return both(Act("receive_payment", "receive_payment(%(purchase_id)s)", purchase, mia, {}))


MOVE = "move_use(%(purchase_id)s, %(to_purchase_id)s, %(event_id)s)"


def moved_into_the_last_place(mia: User) -> tuple[object, object]:
    """Two packs of a client give their use to a third one, which has one session left."""
    target = pack(mia, total=1, used=0)
    one, two = (pack(mia, client=target.client, used=1) for _ in range(2))
    to = {"to_purchase_id": target.pk}
    return both(Act("move_use", MOVE, one, mia, to), Act("move_use", MOVE, two, mia, to))


def moved_in_opposite_directions(mia: User) -> tuple[object, object]:
    one = pack(mia, used=1)
    two = pack(mia, client=one.client, used=1)
    return both(
        Act("move_use", MOVE, one, mia, {"to_purchase_id": two.pk}),
        Act("move_use", MOVE, two, mia, {"to_purchase_id": one.pk}),
    )


def undone_twice(mia: User, operation: str, call: str) -> tuple[object, object]:
    purchase = pack(mia)
    with_details: dict[str, Any] = {}
    if operation == "undo":
        event_id = used_by(mia, purchase).pk
    elif operation == "undo_move":
        other = pack(mia, client=purchase.client)
        act = Act("move_use", MOVE, purchase, mia, {"to_purchase_id": other.pk})
        run(act, lambda caller: None, "COMMIT")
        with_details = {"to_purchase_id": other.pk}
        event_id = newest("session_events", purchase.pk)
    else:
        act = Act("refund", "refund_purchase(%(purchase_id)s)", purchase, mia, {"refund_cents": 0})
        run(act, lambda caller: None, "COMMIT")
        event_id = newest("purchase_events", purchase.pk)
    return both(Act(operation, call, purchase, mia, {"event_id": event_id} | with_details))


def newest(ledger: str, purchase_id: UUID) -> int:
    query = f"SELECT max(id) FROM {ledger} WHERE purchase_id = %s"
    return int(rows(query, purchase_id)[0][0])


def change_undone(mia: User) -> tuple[object, object]:
    return undone_twice(mia, "undo_change", "undo_change(%(purchase_id)s, %(event_id)s)")


def use_undone(mia: User) -> tuple[object, object]:
    return undone_twice(mia, "undo", "undo_event(%(purchase_id)s, %(event_id)s)")


def move_undone(mia: User) -> tuple[object, object]:
    call = "undo_move(%(purchase_id)s, %(to_purchase_id)s, %(event_id)s)"
    return undone_twice(mia, "undo_move", call)


def sold(mia: User) -> tuple[object, object]:
    """Two requests sell a purchase with the same id."""
    org = mia.membership.org
    client, offer = make_client(org=org), make_offer(org=org)
    call = (
        f"sell_purchase(%(purchase_id)s, '{org.pk}', %(to_client_id)s, %(offer_id)s, 10, 100,"
        " 'aud', 'pending', NULL, NULL, NULL)"
    )
    details = {"to_client_id": client.pk, "offer_id": offer.pk}
    return both(Act("sell", call, Purchase(pk=uuid4()), mia, details))


Race = Callable[[User], tuple[object, object]]
LOCK = " FOR NO KEY UPDATE"
# (the race, the results of the first and the second, and a fault of the function).
RACES: list[tuple[Race, tuple[object, object], Fault]] = [
    (
        corrected_used,
        (4, -1),
        Fault(
            "correct_used without bounds",
            function="correct_used",
            text="BETWEEN 0 AND coalesce(sessions_total, 2147483647)",
            instead="IS NOT NULL",
        ),
    ),
    (
        corrected_total,
        (3, None),
        Fault(
            "correct_total without bounds",
            function="correct_total",
            text="BETWEEN greatest(sessions_used, 0) AND 2147483647",
            instead="IS NOT NULL",
        ),
    ),
    (
        transferred,
        (True, False),
        Fault(
            "transfer to the same client",
            function="transfer_purchase",
            text="AND client.id <> purchase.client_id",
        ),
    ),
    (
        refunded,
        (True, False),
        Fault(
            "refund of a refunded purchase",
            function="refund_purchase",
            text="AND payment_status = 'succeeded'",
        ),
    ),
    (
        paid,
        (True, False),
        Fault(
            "payment of a paid purchase",
            function="receive_payment",
            text="payment_status IN ('pending', 'failed')",
            instead="true",
        ),
    ),
    (
        moved_into_the_last_place,
        (0, -1),
        Fault("move_use without a lock", function="move_use", text=LOCK),
    ),
    (
        change_undone,
        (None, "undone"),
        Fault(
            "lock_and_check_undo_change without a lock",
            function="lock_and_check_undo_change",
            text=LOCK,
        ),
    ),
    (
        use_undone,
        (3, -1),
        Fault(
            "enforce_request lets an event be reversed twice",
            function="enforce_request",
            text="RETURN NULL",
            instead="RETURN NEW",
        ),
    ),
    (
        move_undone,
        (3, -1),
        Fault(
            "event_to_reverse returns events that were reversed",
            function="event_to_reverse",
            text="later.reverses_id = event.id",
            instead="false",
        ),
    ),
    (
        sold,
        (True, False),
        Fault(
            "sell_purchase without ON CONFLICT",
            function="sell_purchase",
            text="ON CONFLICT (id) DO NOTHING",
        ),
    ),
]


def test_opposite_moves_do_not_deadlock(mia: User) -> None:
    assert moved_in_opposite_directions(mia) == (0, 1)


def named(thing: object) -> str:
    return thing.what if isinstance(thing, Fault) else getattr(thing, "__name__", "")


@pytest.mark.parametrize(("race", "results", "_fault"), RACES, ids=named)
def test_second_act_sees_the_first(
    mia: User, race: Race, results: tuple[object, object], _fault: Fault
) -> None:
    assert race(mia) == results


@pytest.mark.breaks_the_ledger
@pytest.mark.parametrize(("race", "results", "fault"), RACES, ids=named)
def test_race_detects_its_fault(
    mia: User, race: Race, results: tuple[object, object], fault: Fault
) -> None:
    with made_for_all(fault), pytest.raises((AssertionError, psycopg.Error)):
        assert race(mia) == results
