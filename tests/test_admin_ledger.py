"""The session ledger (audit trail) in the admin is read-only; the policy can be changed."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from purchases.models import Org, SessionEvent
from studio.models import Policy, User
from tests.acts.acts import transferred_by
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase

EVENTS = "/admin/purchases/sessionevent/"
PURCHASE_EVENTS = "/admin/purchases/purchaseevent/"
POLICIES = "/admin/studio/policy/"


@pytest.fixture
def reinstated(northside: Org, southside: Org, mia: User, signed_in: SignIn) -> SessionEvent:
    """A reinstatement by Mia; the other tenant has events of its own."""
    make_purchase(org=southside)
    pack = make_purchase(org=northside)
    data = {"request_id": uuid4(), "reason": "late_cancel_forgiven", "note": "first time"}
    signed_in(mia).post(f"/purchases/{pack.pk}/reinstate/", data)
    return SessionEvent.objects.get(kind="reinstated")


def test_an_event_shows_the_user_the_reason_and_the_note(
    reinstated: SessionEvent, olivia: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    changelist = owner.get(EVENTS)
    assert [event.kind for event in changelist.context["cl"].result_list] == [
        "reinstated",
        "opened",
    ]
    for words in ["mia", "Late cancel forgiven"]:
        assert words in changelist.text
    change_page = owner.get(f"{EVENTS}{reinstated.pk}/change/").text
    for words in ["mia", "Late cancel forgiven", "first time", str(reinstated.purchase_id)]:
        assert words in change_page


def test_events_remain_after_the_purchase_is_deleted(
    reinstated: SessionEvent, olivia: User, signed_in: SignIn
) -> None:
    reinstated.purchase.delete()
    changelist = signed_in(olivia).get(EVENTS)
    kinds = [event.kind for event in changelist.context["cl"].result_list]
    assert kinds == ["deleted", "reinstated", "opened"]


def test_events_cannot_be_added_changed_or_deleted(
    reinstated: SessionEvent, northside: Org, signed_in: SignIn, olivia: User
) -> None:
    root = User.objects.create_superuser("root")
    for person in [olivia, root]:
        browser = signed_in(person)
        assert browser.get(f"{EVENTS}add/").status_code == 403
        assert browser.post(f"{EVENTS}{reinstated.pk}/change/", {"delta": 5}).status_code == 403
        assert browser.post(f"{EVENTS}{reinstated.pk}/delete/", {"post": "yes"}).status_code == 403
    assert SessionEvent.objects.filter(org=northside).count() == 2


def test_the_number_of_queries_does_not_depend_on_the_number_of_events(
    reinstated: SessionEvent,
    northside: Org,
    olivia: User,
    signed_in: SignIn,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    for _ in range(20):
        make_purchase(org=northside)
    owner = signed_in(olivia)
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        # 1. the session with its users 2. the number of events 3. the events 4. their purchases
        assert owner.get(EVENTS).status_code == 200


def test_an_owner_can_add_one_policy_and_change_it(
    northside: Org, olivia: User, mia: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    owner.post(f"{POLICIES}add/", {"reason_is_mandatory": "on", "time_zone": "UTC"})
    policy = Policy.objects.get()
    assert (policy.org, policy.reason_is_mandatory) == (northside, True)
    assert owner.get(f"{POLICIES}add/").status_code == 403

    owner.post(f"{POLICIES}{policy.pk}/change/", {"time_zone": "UTC"})
    policy.refresh_from_db()
    assert not policy.reason_is_mandatory
    assert signed_in(mia).post(f"{POLICIES}{policy.pk}/change/", {}).status_code == 403


def test_an_owner_cannot_see_the_policy_of_another_org(
    southside: Org, olivia: User, signed_in: SignIn
) -> None:
    foreign_policy = Policy.objects.create(org=southside)
    owner = signed_in(olivia)
    assert "Southside" not in owner.get(POLICIES).text
    assert owner.get(f"{POLICIES}{foreign_policy.pk}/change/").status_code == 404


def test_an_event_of_a_purchase_shows_the_change_and_the_user(
    northside: Org, southside: Org, olivia: User, signed_in: SignIn
) -> None:
    make_purchase(org=southside)
    pack = make_purchase(org=northside)
    event = transferred_by(olivia, pack, make_client(org=northside, name="Ben Ode"), note="moves")
    owner = signed_in(olivia)

    changelist = owner.get(PURCHASE_EVENTS)
    kinds = [event.kind for event in changelist.context["cl"].result_list]
    assert kinds == ["transferred", "opened"]
    page = owner.get(f"{PURCHASE_EVENTS}{event.pk}/change/").text
    for words in ["Client: Ana Ruiz → Ben Ode", "olivia", "moves", str(pack.pk)]:
        assert words in page
    assert owner.post(f"{PURCHASE_EVENTS}{event.pk}/delete/", {"post": "yes"}).status_code == 403
