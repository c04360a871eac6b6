"""What counts towards the allowance, and for how long."""

from datetime import timedelta

import pytest
from django.test import Client

from purchases.allowances import allowance_uses
from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, given_back, it_was
from tests.database import rows, value
from tests.factories import make_purchase
from tests.ledger import fresh, undone_by
from tests.pages import press


def ordinals(user: User, pack: Purchase) -> dict[str, int]:
    found = allowance_uses(user.membership, [fresh(pack)])
    return {reason: said.ordinal for reason, said in found.get(pack.client_id, {}).items()}


def test_all_packs_of_the_client_count_together_whoever_gave_back(
    mia: User, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    second = make_purchase(org=northside, client=pack.client, offer=pack.offer)
    given_back(mia, second)
    given_back(olivia, second)

    assert ordinals(mia, pack) == {LATE: 3}


def test_what_was_undone_does_not_count_nor_what_was_refused(
    mia: User, desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    (event,) = given_back(mia, pack)
    undone_by(mia, event)
    empty = make_purchase(org=northside, client=pack.client, used=0)
    assert press(desk, "reinstate", empty, reason=LATE).status_code == 409

    assert ordinals(mia, pack) == {}


def test_other_clients_other_studios_and_other_programs_do_not_count(
    mia: User, otto: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    assert value("SELECT public.release_session(%s)", pack.pk) == 2
    allow(northside, 9)
    allow(northside, 9, reason="")
    given_back(mia, make_purchase(org=northside))
    # Another program sold the same client something in another studio.
    given_back(otto, make_purchase(org=southside, client=pack.client))

    assert ordinals(mia, pack) == {}


def test_the_allowance_of_another_studio_is_not_ours(
    mia: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    allow(southside, 0)

    assert mia.membership.allowances == {}
    assert ordinals(mia, pack) == {}


@pytest.mark.parametrize(("minutes", "counts"), [(-1, True), (1, False)])
@pytest.mark.parametrize("days", [1, 30, 365])
def test_the_days_roll_by_the_minute(
    mia: User, desk: Client, northside: Org, pack: Purchase, days: int, minutes: int, counts: bool
) -> None:
    allow(northside, 1, days=days)
    (event,) = given_back(mia, pack)
    it_was(event, timedelta(days=days, minutes=minutes))

    assert ordinals(mia, pack) == ({LATE: 2} if counts else {})
    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == (409 if counts else 200)


@pytest.mark.parametrize("reason", ["", *SessionRequest.Reason])
def test_each_reason_has_an_allowance_of_its_own(
    mia: User, desk: Client, northside: Org, pack: Purchase, reason: str
) -> None:
    allow(northside, 1, reason=reason)
    for other in ["", *SessionRequest.Reason]:
        if other != reason:
            given_back(mia, pack, reason=other or None, times=2)

    answers = [press(desk, "reinstate", pack, htmx=True, reason=reason) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]


def test_what_the_rows_say_and_what_the_press_counts_is_one_function(
    mia: User, northside: Org, pack: Purchase
) -> None:
    given_back(mia, pack, times=3)

    (held,) = rows(
        "SELECT public.hold_times_given_back(%s, %s, %s, 30)", northside.pk, pack.client_id, LATE
    )
    (told,) = rows(
        "SELECT times FROM public.times_given_back(%s, ARRAY[%s], ARRAY[%s], ARRAY[30])",
        northside.pk,
        pack.client_id,
        LATE,
    )
    assert held == told == (3,)
