"""Concurrent requests with different ids reverse a use once, and undo a reinstatement once."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from purchases.models import Purchase, Refusal, SessionEvent
from studio.models import User
from tests.concurrent_browsers import ConcurrentBrowsers, PostRequest
from tests.database import another_connection, rows
from tests.factories import make_purchase
from tests.integrity.schedule import ActionParameters, execute_action, run
from tests.ledger import changes, reinstated_by, undone_by, used_by
from tests.pages import note_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 8
ROUNDS = 5


@pytest.fixture
def pack(mia: User) -> Purchase:
    return make_purchase(org=mia.membership.org, total=20, used=10)


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def reinstate(pack: Purchase, visit: SessionEvent | None = None) -> PostRequest:
    fields = {"request_id": str(uuid4())} | ({"event": str(visit.pk)} if visit else {})
    return reverse("purchases:reinstate", args=[pack.pk]), fields


def undo(reinstatement: SessionEvent) -> PostRequest:
    return reverse("purchases:undo", args=[reinstatement.pk]), {"request_id": str(uuid4())}


def refusals(answers: list[HttpResponseBase]) -> list[str]:
    """Return the messages of the refused requests; the others must have succeeded."""
    assert {answer.status_code for answer in answers} <= {200, 409}
    return [note_on(answer) for answer in answers if answer.status_code == 409]


def test_a_use_chosen_by_all_requests_is_reversed_once(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    for _ in range(ROUNDS):
        visit = used_by(mia, pack)

        answers = desks.all_at_once([reinstate(pack, visit) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.ALREADY_REINSTATED.label] * (DESKS - 1)
        assert changes(pack)[-1] == ("reinstated", -1, 10)
        assert used(pack) == 10
        visit.refresh_from_db()
        assert visit.reversed_by.sessions_used == 10


def test_a_use_chosen_by_some_and_the_newest_for_others_is_reversed_once(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    """A request without a chosen use may reverse an older use instead."""
    for _ in range(ROUNDS):
        before = used(pack) or 0
        visit = used_by(mia, pack)
        choosing = [reinstate(pack, visit) for _ in range(DESKS - 2)]

        answers = desks.all_at_once([*choosing, reinstate(pack), reinstate(pack)], htmx=True)

        refused = len(refusals(answers))
        assert refused in (DESKS - 3, DESKS - 2), "at most one of the choosing requests succeeded"
        assert used(pack) == before + 1 - (DESKS - refused)
        assert pack.events.filter(reverses=visit.pk).count() == 1


def test_a_reinstatement_is_undone_once_by_concurrent_requests(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    for _ in range(ROUNDS):
        used_by(mia, pack)
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.UNDONE.label] * (DESKS - 1)
        assert changes(pack)[-1] == ("undone", 1, used(pack))


def test_the_second_undo_is_refused_as_undone_even_if_the_pack_is_full(
    mia: User, desks: ConcurrentBrowsers
) -> None:
    pack = make_purchase(org=mia.membership.org, total=10, used=10)
    for _ in range(ROUNDS):
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.UNDONE.label] * (DESKS - 1)
        assert used(pack) == 10


def test_of_two_concurrent_undos_with_room_for_one_the_other_stays_refused(
    mia: User, desks: ConcurrentBrowsers
) -> None:
    """The refusal remains even if there is room later and another request undoes it."""
    pack = make_purchase(org=mia.membership.org, total=10, used=10)
    for _ in range(ROUNDS):
        events = [reinstated_by(mia, pack), reinstated_by(mia, pack)]
        rows("UPDATE client_purchases SET sessions_used = 9 WHERE id = %s", pack.pk)
        requests = [undo(event) for event in events]

        answers = desks.all_at_once(requests, htmx=True)

        assert refusals(answers) == [Refusal.NO_ROOM.label]
        rows("UPDATE client_purchases SET sessions_used = 9 WHERE id = %s", pack.pk)
        undone_by(mia, events[[answer.status_code for answer in answers].index(409)])
        retries = desks.all_at_once(requests, htmx=True)
        assert refusals(retries) == [Refusal.NO_ROOM.label]
        assert used(pack) == 10


def test_a_retried_undo_does_not_wait_for_a_lock_on_the_purchase(mia: User, pack: Purchase) -> None:
    request = ActionParameters(uuid4(), "undo", pack.pk, mia.pk, reinstated_by(mia, pack).pk)
    hold = "SELECT FROM client_purchases FOR UPDATE"
    with another_connection() as before:
        assert execute_action(before, request)

    outcome = run(
        lambda other: other.execute(hold), lambda desk: execute_action(desk, request), "COMMIT"
    )

    assert (outcome.second, outcome.waited) == (None, False)


def test_a_use_cannot_be_reversed_again_while_its_reinstatement_is_undone(
    mia: User, pack: Purchase, desks: ConcurrentBrowsers
) -> None:
    """The undo records a new use, which can be reversed in turn."""
    for _ in range(ROUNDS):
        visit = used_by(mia, pack)
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back), reinstate(pack, visit)], htmx=True)

        assert [answer.status_code for answer in answers] == [200, 409]
        assert refusals(answers) == [Refusal.ALREADY_REINSTATED.label]
        assert changes(pack)[-1] == ("undone", 1, used(pack))
