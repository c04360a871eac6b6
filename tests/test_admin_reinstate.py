"""The admin action “Reinstate one session” calls the operation and reports on each purchase."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client, override_settings

from purchases import operations
from purchases.member import Member
from purchases.models import Org, Purchase
from purchases.operations.commands import Reinstate
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase

PURCHASES = "/admin/purchases/purchase/"


def reinstate(browser: Client, *purchases: Purchase, **fields: str) -> Any:
    ids = [purchase.pk for purchase in purchases]
    form = {"action": "reinstate", "_selected_action": ids, "request_id": str(uuid4())}
    return browser.post(PURCHASES, form | fields)


def reports(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def used(purchase: Purchase) -> int | None:
    return Purchase.objects.get(pk=purchase.pk).sessions_used


@pytest.mark.parametrize("name", ["olivia", "mia"])
def test_each_purchase_is_reported(
    signed_in: SignIn, northside: Org, name: str, request: pytest.FixtureRequest
) -> None:
    pack = make_offer(org=northside)
    ana = make_purchase(org=northside, offer=pack)
    zoe = make_purchase(
        org=northside, offer=pack, client=make_client(org=northside, name="Zoë Li"), used=0
    )
    ben = make_purchase(
        org=northside,
        offer=pack,
        client=make_client(org=northside, name="Ben Okafor"),
        total=None,
        used=1,
    )
    response = reinstate(signed_in(request.getfixturevalue(name)), ana, zoe, ben)
    assert response["Location"] == PURCHASES
    assert sorted(reports(response)) == [
        "Session reinstated for Ana Ruiz (10-class pack). 2 of 10 used.",
        "Session reinstated for Ben Okafor (10-class pack). 0 used.",
        "Zoë Li (10-class pack): Nothing to reinstate: no session of this pack is used.",
    ]
    assert (used(ana), used(zoe), used(ben)) == (2, 0, 0)


def test_the_action_calls_the_operation_once_per_purchase_with_its_own_request_id(
    signed_in: SignIn, mia: User, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[Member, UUID, UUID]] = []

    def record(*, member: Member, purchase: Purchase, command: Reinstate) -> operations.Done:
        calls.append((member, purchase.pk, command.request_id))
        return operations.Done(sessions_used=0, event_id=1)

    monkeypatch.setattr(operations, "reinstate", record)
    pair = [make_purchase(org=northside), make_purchase(org=northside)]
    reinstate(signed_in(mia), *pair)
    assert {member.user_id for member, _, _ in calls} == {mia.pk}
    assert {purchase for _, purchase, _ in calls} == {purchase.pk for purchase in pair}
    assert len({request_id for _, _, request_id in calls}) == 2


def test_all_messages_of_a_full_page_are_shown(
    signed_in: SignIn, mia: User, northside: Org
) -> None:
    # Random names do not compress, so the messages exceed the size of a cookie.
    names = [f"Ana {uuid4()} {uuid4()}" for _ in range(50)]
    purchases = [
        make_purchase(org=northside, client=make_client(org=northside, name=name), used=1)
        for name in names
    ]
    browser = signed_in(mia)
    # With DEBUG, Django raises an error if a message would be lost.
    with override_settings(DEBUG=True):
        reinstate(browser, *purchases)
    page = browser.get(PURCHASES).text
    assert all(f"Session reinstated for {name} (" in page for name in names)


def test_more_purchases_than_a_page_are_refused_together(
    signed_in: SignIn, mia: User, northside: Org
) -> None:
    purchases = [make_purchase(org=northside, used=1) for _ in range(51)]
    response = reinstate(signed_in(mia), purchases[0], select_across="1")
    assert reports(response) == ["Nothing was changed. Select at most 50 purchases."]
    assert {used(purchase) for purchase in purchases} == {1}


def test_the_action_is_offered_to_owners_and_staff_only(
    signed_in: SignIn, olivia: User, mia: User, ada: User, northside: Org
) -> None:
    make_purchase(org=northside)
    option = '<option value="reinstate">Reinstate one session</option>'
    assert option in signed_in(olivia).get(PURCHASES).text
    assert option in signed_in(mia).get(PURCHASES).text
    page = signed_in(ada).get(PURCHASES).text
    assert option not in page
    assert 'name="action"' not in page


def test_a_crafted_post_by_an_accountant_changes_nothing(
    signed_in: SignIn, ada: User, northside: Org
) -> None:
    purchase = make_purchase(org=northside, used=3)
    for fields in ({}, {"index": "0"}, {"select_across": "1"}):
        assert not reports(reinstate(signed_in(ada), purchase, **fields))
    assert used(purchase) == 3


def test_a_crafted_post_reaches_no_purchase_of_another_org(
    signed_in: SignIn, mia: User, northside: Org, southside: Org
) -> None:
    own, foreign = make_purchase(org=northside), make_purchase(org=southside)
    assert len(reports(reinstate(signed_in(mia), own, foreign))) == 1
    assert (used(own), used(foreign)) == (2, 3)
    reinstate(signed_in(mia), foreign, select_across="1")
    assert (used(own), used(foreign)) == (1, 3)


# --- Idempotent requests --------------------------------------------------------------------------


def test_each_page_has_a_new_request_id(signed_in: SignIn, mia: User, northside: Org) -> None:
    make_purchase(org=northside)
    browser = signed_in(mia)
    ids_of_two_pages = [
        re.findall(r'name="request_id" value="([0-9a-f-]{36})"', browser.get(PURCHASES).text)
        for _ in range(2)
    ]
    assert [len(ids) for ids in ids_of_two_pages] == [1, 1]
    assert ids_of_two_pages[0] != ids_of_two_pages[1]


def test_a_second_post_with_the_same_request_id_reinstates_nothing_and_reports_the_same(
    signed_in: SignIn, mia: User, northside: Org
) -> None:
    ana, ben = make_purchase(org=northside), make_purchase(org=northside, used=1)
    browser, request_id = signed_in(mia), str(uuid4())
    first = reports(reinstate(browser, ana, ben, request_id=request_id))
    browser.get(PURCHASES)
    second = reports(reinstate(browser, ana, ben, request_id=request_id))
    assert sorted(second) == sorted(first)
    assert [report.startswith("Session reinstated for") for report in second] == [True, True]
    assert (used(ana), used(ben)) == (2, 0)


@pytest.mark.parametrize("request_id", ["", "7", "\0"])
def test_a_post_without_a_request_id_changes_nothing_and_shows_a_message(
    signed_in: SignIn, mia: User, northside: Org, request_id: str
) -> None:
    purchase = make_purchase(org=northside, used=3)
    response = reinstate(signed_in(mia), purchase, request_id=request_id)
    assert used(purchase) == 3
    if request_id != "\0":  # Django's own action form refuses a null character.
        assert reports(response) == ["This page is out of date. Reload it, then press again."]


def test_the_reason_is_stored_on_the_request(signed_in: SignIn, mia: User, northside: Org) -> None:
    purchase = make_purchase(org=northside)
    reinstate(signed_in(mia), purchase, reason="instructor_absent")
    assert purchase.requests.get().reason == "instructor_absent"


def test_a_mandatory_reason_is_required_in_the_admin(
    signed_in: SignIn, mia: User, northside: Org
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    purchase = make_purchase(org=northside, used=3)
    browser = signed_in(mia)
    refused = reinstate(browser, purchase, reason="")
    assert reports(refused) == [
        "Choose a reason: your studio requires one. Nothing was changed yet."
    ]
    assert used(purchase) == 3
    browser.get(PURCHASES)
    done = reinstate(browser, purchase, reason="other")
    assert reports(done) == ["Session reinstated for Ana Ruiz (10-class pack). 2 of 10 used."]
