"""Two concurrent actions on one pack, in every pairing, for every count, with COMMIT and ROLLBACK
of the first. The result must equal one of the two serial orders."""

import copy
from functools import partial
from uuid import UUID, uuid4

import pytest

from purchases.models import SessionRequest
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase
from tests.integrity.invariants import check_invariants, history
from tests.integrity.model import Pack
from tests.integrity.schedule import ActionParameters, execute_action, replayed_result, run

pytestmark = pytest.mark.django_db(transaction=True)

TOTAL = 3
# The places, in the history of every pack here, of a use and a reinstatement without reversal.
OPEN_USE, OPEN_REINSTATEMENT = 1, 3
# (operation, place of the chosen event).
ACTIONS: dict[str, tuple[str, int | None]] = {
    "use": ("use", None),
    "reinstate": ("reinstate", None),
    "reinstate a chosen use": ("reinstate", OPEN_USE),
    "undo": ("undo", OPEN_REINSTATEMENT),
}


def pack_with_history(user: User, used: int) -> tuple[UUID, Pack]:
    """Create a pack, use it twice, reinstate once, and set its count to `used` by SQL."""
    purchase = make_purchase(org=user.membership.org, total=TOTAL, used=0)
    pack = Pack(TOTAL, 0)
    for function in ("use_session", "use_session", "release_session"):
        rows(f"SELECT public.{function}(%s)", purchase.pk)
    pack.use()
    pack.use()
    pack.reinstate()
    rows("UPDATE client_purchases SET sessions_used = %s WHERE id = %s", used, purchase.pk)
    pack.correct(used)
    return purchase.pk, pack


def chosen(ids: list[int], what: str) -> int | None:
    place = ACTIONS[what][1]
    return None if place is None else ids[place]


def run_on_model(pack: Pack, what: str, request_id: UUID) -> int:
    operation, place = ACTIONS[what]
    if operation == "use":
        return pack.use(request_id)
    if operation == "reinstate":
        return pack.reinstate(request_id, place)
    return pack.undo(OPEN_REINSTATEMENT, request_id)


def finds_the_row(pack: Pack, what: str) -> bool:
    """Return True if the action's UPDATE finds the row at the committed count. An undo always locks
    the row."""
    assert pack.used is not None
    if what == "undo":
        return True
    return pack.used > 0 if what.startswith("reinstate") else pack.used < TOTAL


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
@pytest.mark.parametrize("same_id", [True, False], ids=["same id", "other id"])
@pytest.mark.parametrize("second", ACTIONS)
@pytest.mark.parametrize("first", ACTIONS)
def test_concurrent_actions_equal_a_serial_order(
    mia: User, first: str, second: str, same_id: bool, end: str
) -> None:
    for used in (0, 1, TOTAL):
        purchase_id, pack = pack_with_history(mia, used)
        ids, _ = history(purchase_id)
        request_id = uuid4()
        requests = {"first": request_id, "second": request_id if same_id else uuid4()}
        parameters = {
            who: ActionParameters(
                request_id=requests[who],
                operation=ACTIONS[what][0],
                purchase_id=purchase_id,
                actor_id=mia.pk,
                event_id=chosen(ids, what),
            )
            for who, what in (("first", first), ("second", second))
        }

        outcome = run(
            partial(execute_action, parameters=parameters["first"]),
            partial(execute_action, parameters=parameters["second"]),
            end,
        )

        # --- The model ---
        waits = same_id or (finds_the_row(pack, first) and finds_the_row(pack, second))
        answers: dict[str, int | None] = {
            "first": run_on_model(copy.deepcopy(pack), first, requests["first"])
        }
        if end == "ROLLBACK":
            answers["second"] = run_on_model(pack, second, requests["second"])
            claimed = {requests["second"]: ACTIONS[second][0]}
        elif same_id:
            answers["second"] = None
            run_on_model(pack, first, requests["first"])
            claimed = {request_id: ACTIONS[first][0]}
        else:
            order = [("first", first), ("second", second)]
            # An action that finds no row does not wait, so it comes first in the serial order.
            overtaken = finds_the_row(pack, first) and not finds_the_row(pack, second)
            for who, what in reversed(order) if overtaken else order:
                answers[who] = run_on_model(pack, what, requests[who])
            claimed = {requests[who]: ACTIONS[what][0] for who, what in order}

        # --- The database ---
        assert outcome.waited == waits
        assert outcome.first is not None
        assert outcome.first[0] == answers["first"]
        assert (outcome.second and outcome.second[0]) == answers["second"]
        ids, events = history(purchase_id)
        assert events == pack.written
        event_of = {event.request_id: ids[place] for place, event in enumerate(pack.events)}
        for who, row in (("first", outcome.first), ("second", outcome.second)):
            if row is not None and (who == "second" or end == "COMMIT"):
                assert row[1] == event_of.get(requests[who])
                assert replayed_result(requests[who]) == row, "a retry replays the result"
        stored = SessionRequest.objects.filter(purchase=purchase_id)
        assert dict(stored.values_list("request_id", "operation")) == claimed
        check_invariants(purchase_id)
