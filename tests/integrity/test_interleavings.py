"""Two presses at once on one pack, in every pairing, for every count, with both ends of the first
one's transaction: each ends as one of the two orders, done one after the other, says."""

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
from tests.integrity.schedule import Asked, ask, first_answer, run

pytestmark = pytest.mark.django_db(transaction=True)

TOTAL = 3
# The places, in the history of every pack here, of a use and of a reinstatement that stand.
THAT_VISIT, THAT_REINSTATEMENT = 1, 3
# The operation, and the event that is chosen for it.
ACTS: dict[str, tuple[str, int | None]] = {
    "use": ("use", None),
    "reinstate": ("reinstate", None),
    "reinstate that visit": ("reinstate", THAT_VISIT),
    "undo": ("undo", THAT_REINSTATEMENT),
}


def pack_with_a_past(user: User, used: int) -> tuple[UUID, Pack]:
    """Used twice, given back once, then set to this count by another program."""
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
    place = ACTS[what][1]
    return None if place is None else ids[place]


def act(pack: Pack, what: str, request_id: UUID) -> int:
    operation, place = ACTS[what]
    if operation == "use":
        return pack.use(request_id)
    if operation == "reinstate":
        return pack.reinstate(request_id, place)
    return pack.undo(THAT_REINSTATEMENT, request_id)


def touches_the_row(pack: Pack, what: str) -> bool:
    """Whether its UPDATE finds the row at all, by the count that was committed last. An undo takes
    the lock whatever the count is."""
    assert pack.used is not None
    if what == "undo":
        return True
    return pack.used > 0 if what.startswith("reinstate") else pack.used < TOTAL


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
@pytest.mark.parametrize("same_id", [True, False], ids=["same id", "other id"])
@pytest.mark.parametrize("second", ACTS)
@pytest.mark.parametrize("first", ACTS)
def test_two_at_once_end_as_one_after_the_other(
    mia: User, first: str, second: str, same_id: bool, end: str
) -> None:
    for used in (0, 1, TOTAL):
        purchase_id, pack = pack_with_a_past(mia, used)
        ids, _ = history(purchase_id)
        request_id = uuid4()
        requests = {"first": request_id, "second": request_id if same_id else uuid4()}
        asked = {
            who: Asked(
                request_id=requests[who],
                operation=ACTS[what][0],
                purchase_id=purchase_id,
                actor_id=mia.pk,
                event_id=chosen(ids, what),
            )
            for who, what in (("first", first), ("second", second))
        }

        outcome = run(partial(ask, asked=asked["first"]), partial(ask, asked=asked["second"]), end)

        # --- What the model says ---
        waits = same_id or (touches_the_row(pack, first) and touches_the_row(pack, second))
        answers: dict[str, int | None] = {
            "first": act(copy.deepcopy(pack), first, requests["first"])
        }
        if end == "ROLLBACK":
            answers["second"] = act(pack, second, requests["second"])
            claimed = {requests["second"]: ACTS[second][0]}
        elif same_id:
            answers["second"] = None
            act(pack, first, requests["first"])
            claimed = {request_id: ACTS[first][0]}
        else:
            order = [("first", first), ("second", second)]
            # Where one of them finds nothing to change, the other doesn't count for it.
            overtaken = touches_the_row(pack, first) and not touches_the_row(pack, second)
            for who, what in reversed(order) if overtaken else order:
                answers[who] = act(pack, what, requests[who])
            claimed = {requests[who]: ACTS[what][0] for who, what in order}

        # --- What the database says ---
        assert outcome.waited == waits
        assert outcome.first is not None
        assert outcome.first[0] == answers["first"]
        assert (outcome.second and outcome.second[0]) == answers["second"]
        ids, written = history(purchase_id)
        assert written == pack.written
        event_of = {event.request_id: ids[place] for place, event in enumerate(pack.events)}
        for who, row in (("first", outcome.first), ("second", outcome.second)):
            if row is not None and (who == "second" or end == "COMMIT"):
                assert row[1] == event_of.get(requests[who])
                assert first_answer(requests[who]) == row, "and so for ever"
        kept = SessionRequest.objects.filter(purchase=purchase_id)
        assert dict(kept.values_list("request_id", "operation")) == claimed
        check_invariants(purchase_id)
