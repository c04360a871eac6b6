"""One visit is given back once, and one reinstatement undone once, by however many at a time, each
with a request of their own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from purchases.models import Purchase, Refusal, SessionEvent
from studio.models import User
from tests.concurrent_browsers import Desks, Sent
from tests.database import another_connection, rows
from tests.factories import make_purchase
from tests.integrity.schedule import Asked, ask, run
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
def desks(mia: User) -> Iterator[Desks]:
    desks = Desks(mia, DESKS)
    yield desks
    desks.close()


def give_back(pack: Purchase, visit: SessionEvent | None = None) -> Sent:
    fields = {"request_id": str(uuid4())} | ({"event": str(visit.pk)} if visit else {})
    return reverse("purchases:reinstate", args=[pack.pk]), fields


def undo(reinstatement: SessionEvent) -> Sent:
    return reverse("purchases:undo", args=[reinstatement.pk]), {"request_id": str(uuid4())}


def refusals(answers: list[HttpResponseBase]) -> list[str]:
    """Of the answers, all of which are done or refused."""
    assert {answer.status_code for answer in answers} <= {200, 409}
    return [note_on(answer) for answer in answers if answer.status_code == 409]


def test_a_visit_that_all_choose_at_once_is_given_back_once(
    mia: User, pack: Purchase, desks: Desks
) -> None:
    for _ in range(ROUNDS):
        visit = used_by(mia, pack)

        answers = desks.all_at_once([give_back(pack, visit) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.TAKEN_BACK.label] * (DESKS - 1)
        assert changes(pack)[-1] == ("reinstated", -1, 10)
        assert used(pack) == 10
        visit.refresh_from_db()
        assert visit.reversed_by.sessions_used == 10


def test_chosen_by_some_and_as_the_newest_by_others_it_is_given_back_once(
    mia: User, pack: Purchase, desks: Desks
) -> None:
    """Who chose none may find that visit taken, and takes back an older one."""
    for _ in range(ROUNDS):
        before = used(pack) or 0
        visit = used_by(mia, pack)
        some = [give_back(pack, visit) for _ in range(DESKS - 2)]

        answers = desks.all_at_once([*some, give_back(pack), give_back(pack)], htmx=True)

        refused = len(refusals(answers))
        assert refused in (DESKS - 3, DESKS - 2), "one of the choosers, or none of them, had it"
        assert used(pack) == before + 1 - (DESKS - refused)
        assert pack.events.filter(reverses=visit.pk).count() == 1


def test_a_reinstatement_that_all_undo_at_once_is_undone_once(
    mia: User, pack: Purchase, desks: Desks
) -> None:
    for _ in range(ROUNDS):
        used_by(mia, pack)
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.UNDONE.label] * (DESKS - 1)
        assert changes(pack)[-1] == ("undone", 1, used(pack))


def test_who_comes_second_hears_that_it_was_undone_though_the_pack_is_full_by_then(
    mia: User, desks: Desks
) -> None:
    pack = make_purchase(org=mia.membership.org, total=10, used=10)
    for _ in range(ROUNDS):
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back) for _ in range(DESKS)], htmx=True)

        assert refusals(answers) == [Refusal.UNDONE.label] * (DESKS - 1)
        assert used(pack) == 10


def test_of_two_that_are_undone_at_once_one_finds_no_room_and_is_told_so_for_ever(
    mia: User, desks: Desks
) -> None:
    """Though there is room later, and it is undone by another press."""
    pack = make_purchase(org=mia.membership.org, total=10, used=10)
    for _ in range(ROUNDS):
        events = [reinstated_by(mia, pack), reinstated_by(mia, pack)]
        rows("UPDATE client_purchases SET sessions_used = 9 WHERE id = %s", pack.pk)
        presses = [undo(event) for event in events]

        answers = desks.all_at_once(presses, htmx=True)

        assert refusals(answers) == [Refusal.NO_ROOM.label]
        rows("UPDATE client_purchases SET sessions_used = 9 WHERE id = %s", pack.pk)
        undone_by(mia, events[[answer.status_code for answer in answers].index(409)])
        again = desks.all_at_once(presses, htmx=True)
        assert refusals(again) == [Refusal.NO_ROOM.label]
        assert used(pack) == 10


def test_an_undo_that_comes_again_is_answered_while_another_program_holds_the_pack(
    mia: User, pack: Purchase
) -> None:
    asked = Asked(uuid4(), "undo", pack.pk, mia.pk, reinstated_by(mia, pack).pk)
    hold = "SELECT FROM client_purchases FOR UPDATE"
    with another_connection() as before:
        assert ask(before, asked)

    outcome = run(lambda other: other.execute(hold), lambda desk: ask(desk, asked), "COMMIT")

    assert (outcome.second, outcome.waited) == (None, False)


def test_a_visit_stays_given_back_while_its_reinstatement_is_undone(
    mia: User, pack: Purchase, desks: Desks
) -> None:
    """The undo makes a use of its own, which can be given back in turn."""
    for _ in range(ROUNDS):
        visit = used_by(mia, pack)
        given_back = reinstated_by(mia, pack)

        answers = desks.all_at_once([undo(given_back), give_back(pack, visit)], htmx=True)

        assert [answer.status_code for answer in answers] == [200, 409]
        assert refusals(answers) == [Refusal.TAKEN_BACK.label]
        assert changes(pack)[-1] == ("undone", 1, used(pack))
