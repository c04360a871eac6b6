"""The ledger and the desk's policy in the admin: one to look at, one to choose."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from purchases.models import Org, SessionEvent
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_purchase

EVENTS = "/admin/purchases/sessionevent/"
POLICIES = "/admin/studio/policy/"


@pytest.fixture
def reinstated(northside: Org, southside: Org, mia: User, signed_in: SignIn) -> SessionEvent:
    """Mia gave a session back, and the stranger's studio has events of its own."""
    make_purchase(org=southside)
    pack = make_purchase(org=northside)
    asked = {"request_id": uuid4(), "reason": "late_cancel_forgiven", "note": "first time"}
    signed_in(mia).post(f"/purchases/{pack.pk}/reinstate/", asked)
    return SessionEvent.objects.get(kind="reinstated")


def test_it_says_who_gave_what_back_and_why(
    reinstated: SessionEvent, olivia: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    listed = owner.get(EVENTS)
    assert [event.kind for event in listed.context["cl"].result_list] == ["reinstated", "opened"]
    for words in ["mia", "Late cancel forgiven"]:
        assert words in listed.text
    one = owner.get(f"{EVENTS}{reinstated.pk}/change/").text
    for words in ["mia", "Late cancel forgiven", "first time", str(reinstated.purchase_id)]:
        assert words in one


def test_it_outlives_a_deleted_purchase(
    reinstated: SessionEvent, olivia: User, signed_in: SignIn
) -> None:
    reinstated.purchase.delete()
    listed = signed_in(olivia).get(EVENTS)
    kinds = [event.kind for event in listed.context["cl"].result_list]
    assert kinds == ["deleted", "reinstated", "opened"]


def test_nobody_adds_changes_or_deletes_an_event(
    reinstated: SessionEvent, northside: Org, signed_in: SignIn, olivia: User
) -> None:
    root = User.objects.create_superuser("root")
    for person in [olivia, root]:
        browser = signed_in(person)
        assert browser.get(f"{EVENTS}add/").status_code == 403
        assert browser.post(f"{EVENTS}{reinstated.pk}/change/", {"delta": 5}).status_code == 403
        assert browser.post(f"{EVENTS}{reinstated.pk}/delete/", {"post": "yes"}).status_code == 403
    assert SessionEvent.objects.filter(org=northside).count() == 2


def test_the_list_takes_as_many_queries_for_many_events_as_for_few(
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
        # the session with its people; the events, how many, and the page's own count
        assert owner.get(EVENTS).status_code == 200


def test_an_owner_makes_the_reason_mandatory_once(
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


def test_an_owner_sees_the_policy_of_no_other_studio(
    southside: Org, olivia: User, signed_in: SignIn
) -> None:
    theirs = Policy.objects.create(org=southside)
    owner = signed_in(olivia)
    assert "Southside" not in owner.get(POLICIES).text
    assert owner.get(f"{POLICIES}{theirs.pk}/change/").status_code == 404
