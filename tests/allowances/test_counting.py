"""The reinstatements that count towards the allowance, and the days of its window."""

from datetime import timedelta

import pytest
from django.test import Client

from purchases.allowances import allowance_uses
from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, move_into_past, reinstate_times
from tests.database import rows, value
from tests.factories import make_purchase
from tests.ledger import fresh, undone_by
from tests.pages import post_action


def ordinals(user: User, pack: Purchase) -> dict[str, int]:
    uses = allowance_uses(user.membership, [fresh(pack)])
    return {reason: use.ordinal for reason, use in uses.get(pack.client_id, {}).items()}


def test_all_packs_of_a_client_and_all_members_count_together(
    mia: User, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    second = make_purchase(org=northside, client=pack.client, offer=pack.offer)
    reinstate_times(mia, second)
    reinstate_times(olivia, second)

    assert ordinals(mia, pack) == {LATE: 3}


def test_undone_and_refused_reinstatements_do_not_count(
    mia: User, desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    (event,) = reinstate_times(mia, pack)
    undone_by(mia, event)
    empty = make_purchase(org=northside, client=pack.client, used=0)
    assert post_action(desk, "reinstate", empty, reason=LATE).status_code == 409

    assert ordinals(mia, pack) == {}


def test_other_clients_orgs_and_programs_do_not_count(
    mia: User, otto: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    assert value("SELECT public.release_session(%s)", pack.pk) == 2
    allow(northside, 9)
    allow(northside, 9, reason="")
    reinstate_times(mia, make_purchase(org=northside))
    # Another program may sell the same client a pack of another org.
    reinstate_times(otto, make_purchase(org=southside, client=pack.client))

    assert ordinals(mia, pack) == {}


def test_allowance_of_another_org_does_not_apply(
    mia: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    allow(southside, 0)

    assert mia.membership.allowances == {}
    assert ordinals(mia, pack) == {}


@pytest.mark.parametrize(("minutes", "counts"), [(-1, True), (1, False)])
@pytest.mark.parametrize("days", [1, 30, 365])
def test_allowance_window_rolls_by_the_minute(
    mia: User, desk: Client, northside: Org, pack: Purchase, days: int, minutes: int, counts: bool
) -> None:
    allow(northside, 1, days=days)
    (event,) = reinstate_times(mia, pack)
    move_into_past(event, timedelta(days=days, minutes=minutes))

    assert ordinals(mia, pack) == ({LATE: 2} if counts else {})
    answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == (409 if counts else 200)


@pytest.mark.parametrize("reason", ["", *SessionRequest.Reason])
def test_each_reason_has_its_own_allowance(
    mia: User, desk: Client, northside: Org, pack: Purchase, reason: str
) -> None:
    allow(northside, 1, reason=reason)
    for other in ["", *SessionRequest.Reason]:
        if other != reason:
            reinstate_times(mia, pack, reason=other or None, times=2)

    answers = [post_action(desk, "reinstate", pack, htmx=True, reason=reason) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]


def test_rows_and_reinstate_count_alike(mia: User, northside: Org, pack: Purchase) -> None:
    reinstate_times(mia, pack, times=3)

    (locked_count,) = rows(
        "SELECT public.lock_and_count_reinstatements(%s, %s, %s, 30)",
        northside.pk,
        pack.client_id,
        LATE,
    )
    (count,) = rows(
        "SELECT times FROM public.count_reinstatements(%s, ARRAY[%s], ARRAY[%s], ARRAY[30])",
        northside.pk,
        pack.client_id,
        LATE,
    )
    assert locked_count == count == (3,)
