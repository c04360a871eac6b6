"""A person of two studios opens one at a time. Pages of the other one change nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Client as Customer
from purchases.models import Org, Purchase
from studio.accounts import pins
from studio.models import Membership, Policy, SecondFactorRole, SecurityEvent, Session, User
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_client, make_org, make_purchase
from tests.pages import HTMX, LIST, html_of, post_action, words_on
from tests.several_studios.people import STUDIOS, change_to, make_tara, member_of, open_next

NORTH, SOUTH = "Northside Pilates", "Southside Yoga"
LOGIN = reverse("login")
CHANGES = reverse("purchases:changes")


def studio_of(browser: Client) -> str:
    """Return the studio whose desk the browser shows."""
    words = words_on(browser.get(LIST))
    (shown,) = [name for name in (NORTH, SOUTH) if f"· {name} " in words]
    return shown


def used(pack: Purchase) -> int | None:
    return Purchase.objects.get(pk=pack.pk).sessions_used


# --- Open a studio --------------------------------------------------------------------------------


def test_a_switch_opens_the_other_studio_with_a_new_key(
    hers: Client, tara: User, southside: Org
) -> None:
    assert studio_of(hers) == NORTH
    former = hers.session.session_key

    response = change_to(hers, tara, southside)

    assert response["Location"] == reverse("home")
    assert studio_of(hers) == SOUTH
    assert hers.session.session_key != former
    assert not Session.objects.filter(pk=former).exists()
    event = SecurityEvent.objects.latest("pk")
    assert (event.kind, event.org, event.account) == ("studio_opened", southside, tara)


def test_the_sign_in_opens_the_studio_of_the_last_time(
    hers: Client, tara: User, southside: Org
) -> None:
    change_to(hers, tara, southside)
    again = Client()
    again.post(LOGIN, {"username": "tara", "password": PASSWORD})
    assert studio_of(again) == SOUTH


def test_the_first_sign_in_asks_which_studio(tara: User, northside: Org) -> None:
    tara.memberships.update(opened_at=None)
    browser = Client()
    browser.post(LOGIN, {"username": "tara", "password": PASSWORD})
    page = browser.get(LIST, follow=True)
    assert page.request["PATH_INFO"] == STUDIOS
    assert "Choose the studio to open." in words_on(page)

    change_to(browser, tara, northside)
    assert studio_of(browser) == NORTH


def test_the_header_leads_to_the_page_only_with_several_studios(
    hers: Client, olivia: User, signed_in: SignIn
) -> None:
    link = f'href="{STUDIOS}"'
    assert link in html_of(hers.get(LIST))
    assert link not in html_of(signed_in(olivia).get(LIST))


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 30, "other"])
def test_no_other_studio_can_be_opened(
    hers: Client, otto: User, olivia: User, typed: str, signed_in: SignIn
) -> None:
    """Otto's membership is of a studio of Tara's, but not hers."""
    chosen = str(otto.memberships.get().pk) if typed == "other" else typed
    assert hers.post(STUDIOS, {"membership": chosen}).status_code == 404
    assert studio_of(hers) == NORTH
    own = signed_in(olivia)
    assert own.post(STUDIOS, {"membership": chosen}).status_code == 404


def test_only_the_signed_data_of_the_session_chooses_the_studio(
    hers: Client, tara: User, southside: Org
) -> None:
    Session.objects.update(membership=member_of(tara, southside))
    assert hers.get(LIST)["Location"] == STUDIOS


def test_a_pin_does_not_open_the_page(
    hers: Client, tara: User, mia: User, northside: Org, southside: Org
) -> None:
    pins.set_pin(mia.membership, "2846")
    hers.post(reverse("at_desk"), {"who": mia.membership.pk, "secret": "2846"})
    assert hers.get(STUDIOS).status_code == 403
    assert change_to(hers, tara, southside).status_code == 403
    assert studio_of(hers) == NORTH
    assert f'href="{STUDIOS}"' not in html_of(hers.get(LIST))


def test_the_shared_desk_is_that_of_the_open_studio(
    hers: Client, tara: User, mia: User, southside: Org
) -> None:
    """The PINs of a studio do not work at the desk of another one. Each membership has its own."""
    pins.set_pin(mia.membership, "2846")
    Policy.objects.create(org=southside, desk_locks_after_minutes=5)
    change_to(hers, tara, southside)

    hers.post(reverse("at_desk"), {"who": mia.membership.pk, "secret": "2846"})

    assert "At the desk: Tara" in words_on(hers.get(LIST))
    pins.set_pin(member_of(tara, southside), "9173")
    assert [member.has_pin for member in tara.memberships.order_by("org__name")] == [False, True]


def test_a_second_factor_that_one_studio_requires_comes_first(
    hers: Client, tara: User, southside: Org
) -> None:
    """The strictest studio of a person decides, at the sign-in too."""
    policy = Policy.objects.create(org=southside)
    SecondFactorRole.objects.create(policy=policy, role="owner")
    page = hers.post(STUDIOS, {"membership": member_of(tara, southside).pk}, follow=True)
    assert page.request["PATH_INFO"] == reverse("second_factor:own")
    assert studio_of(hers) == NORTH
    signing_in = Client().post(LOGIN, {"username": "tara", "password": PASSWORD})
    assert signing_in["Location"] == reverse("second_factor:own")


# --- Rows of the other studio ---------------------------------------------------------------------


def test_a_press_costs_no_further_query(
    hers: Client, northside: Org, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    pack = make_purchase(org=northside, used=3)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        post_action(hers, "reinstate", pack, htmx=True)
    assert used(pack) == 2


def test_a_page_of_the_former_studio_changes_nothing(
    tara: User, northside: Org, southside: Org
) -> None:
    """Two tabs: one loaded a page in Northside, the other one changed to Southside."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tara)
    pack = make_purchase(org=northside, used=3)
    former = token_on(html_of(browser.get(LIST)))
    by = member_of(tara, northside).pk
    typed = {"csrfmiddlewaretoken": token_on(html_of(browser.get(STUDIOS)))}
    browser.post(STUDIOS, {**typed, "membership": member_of(tara, southside).pk})
    assert studio_of(browser) == SOUTH
    fields = {"csrfmiddlewaretoken": former, "by": by, "request_id": uuid4(), "note": "x"}
    actions = {
        reverse("purchases:use", args=[pack.pk]): {},
        reverse("purchases:add_client"): {"full_name": "Willa Park"},
        reverse("purchases:cancelled_class"): {"pasted": "Ana Ruiz"},
        reverse("person:invite"): {"first_name": "Nina", "username": "nina", "role": "staff"},
        reverse("studio_settings"): {"name": "Renamed"},
    }
    for url, more in actions.items():
        for headers in ({}, HTMX):
            answer = browser.post(url, {**fields, **more}, headers=headers)
            assert answer.status_code in (302, 403) or "HX-Redirect" in answer, url
    assert used(pack) == 3
    assert not Customer.objects.filter(full_name="Willa Park").exists()
    assert not User.objects.filter(first_name="Nina").exists()
    assert {org.name for org in Org.objects.all()} == {NORTH, SOUTH}


def test_a_form_that_names_the_other_membership_is_refused(
    hers: Client, tara: User, northside: Org, southside: Org
) -> None:
    """The CSRF token of the new studio does not help, which a late response may have brought."""
    form = {"by": member_of(tara, northside).pk, "request_id": uuid4(), "full_name": "Willa Park"}
    change_to(hers, tara, southside)
    answer = hers.post(reverse("purchases:add_client"), form, follow=True)
    assert f"the page was of another studio, and this browser shows {SOUTH} now." in words_on(
        answer
    )
    assert not Customer.objects.filter(full_name="Willa Park").exists()
    form["by"] = member_of(tara, southside).pk
    hers.post(reverse("purchases:add_client"), form)
    assert Customer.objects.get(full_name="Willa Park").org == southside


def test_live_updates_of_the_former_studio_end(hers: Client, tara: User, southside: Org) -> None:
    poll = poll_of(html_of(hers.get(LIST)))
    assert hers.get(CHANGES, headers=poll).status_code in (200, 304)
    change_to(hers, tara, southside)
    assert hers.get(CHANGES, headers=poll).status_code == 403


def test_live_updates_end_with_the_membership(
    hers: Client, tara: User, olivia: User, northside: Org, signed_in: SignIn
) -> None:
    poll = poll_of(html_of(hers.get(LIST)))
    switch_off(signed_in(olivia), tara, northside)
    assert hers.get(CHANGES, headers=poll).status_code == 403


def test_the_search_of_a_studio_finds_no_client_of_the_other(
    hers: Client, tara: User, northside: Org, southside: Org
) -> None:
    make_purchase(org=northside, client=make_client(org=northside, name="Nadia North"))
    make_purchase(org=southside, client=make_client(org=southside, name="Nadia South"))
    assert "Nadia North" in words_on(hers.get(LIST, {"q": "nadia"}))
    change_to(hers, tara, southside)
    words = words_on(hers.get(LIST, {"q": "nadia"}))
    assert "Nadia South" in words
    assert "Nadia North" not in words


# --- Switched off ---------------------------------------------------------------------------------


def test_a_membership_that_is_switched_off_closes_at_the_next_request(
    hers: Client, tara: User, olivia: User, northside: Org, southside: Org, signed_in: SignIn
) -> None:
    elsewhere = Client()
    open_next(tara, southside)
    elsewhere.force_login(tara)

    switch_off(signed_in(olivia), tara, northside)

    assert hers.get(LIST)["Location"] == STUDIOS
    assert NORTH not in words_on(hers.get(STUDIOS))
    assert change_to(hers, tara, northside).status_code == 404
    assert studio_of(elsewhere) == SOUTH
    change_to(hers, tara, southside)
    assert studio_of(hers) == SOUTH


def test_a_closed_session_is_not_opened_again(
    hers: Client, tara: User, olivia: User, northside: Org, signed_in: SignIn
) -> None:
    owner, member = signed_in(olivia), member_of(tara, northside)
    switch_off(owner, tara, northside)
    session = hers.session
    session["more"] = 1
    session.save()
    owner.post(reverse("person:switch_on", args=[member.pk]))
    assert Membership.objects.get(pk=member.pk).is_active
    assert hers.get(LIST)["Location"] == STUDIOS


def test_a_member_who_is_switched_off_cannot_act_by_pin_or_approve(
    mia: User, olivia: User, northside: Org, signed_in: SignIn
) -> None:
    tara = make_tara(northside, make_org(name="Third"))
    member = member_of(tara, northside)
    pins.set_pin(member, "2846")
    desk = signed_in(mia)
    assert [approver.name for approver in mia.membership.approvers] == ["Olivia", "Tara"]

    switch_off(signed_in(olivia), tara, northside)

    desk.post(reverse("at_desk"), {"who": member.pk, "secret": "2846"})
    assert "At the desk: Mia" in words_on(desk.get(LIST))
    assert not pins.verify(member, "2846")
    assert [approver.name for approver in mia.membership.approvers] == ["Olivia"]


def test_the_turn_of_a_member_ends_when_they_are_switched_off(
    mia: User, olivia: User, northside: Org, signed_in: SignIn
) -> None:
    tara = make_tara(northside, make_org(name="Third"))
    member = member_of(tara, northside)
    pins.set_pin(member, "2846")
    desk = signed_in(mia)
    desk.post(reverse("at_desk"), {"who": member.pk, "secret": "2846"})
    assert "At the desk: Tara" in words_on(desk.get(LIST))
    switch_off(signed_in(olivia), tara, northside)
    assert desk.get(LIST)["Location"].startswith(reverse("at_desk"))


def switch_off(owner: Client, user: User, org: Org) -> None:
    owner.post(reverse("person:switch_off", args=[member_of(user, org).pk]))


def poll_of(page: str) -> dict[str, str]:
    """Return the headers with which a page polls."""
    token = page.partition('data-token="')[2].partition('"')[0]
    seen = page.partition("data-snapshot='")[2].partition("'")[0]
    return {"Live-Token": token, "If-None-Match": seen}


def token_on(page: str) -> str:
    """Return the CSRF token of a page."""
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


def test_a_session_of_an_older_version_keeps_its_studio(
    hers: Client, tara: User, northside: Org
) -> None:
    """Its data name no membership. The migration has filled the column."""
    session = Session.objects.get()
    store = hers.session
    data = {key: value for key, value in store.items() if key != "membership"}
    encoded = store.encode(data)
    Session.objects.filter(pk=session.pk).update(session_data=encoded)
    open_next(tara, member_of(tara, northside).org)
    assert studio_of(hers) == NORTH
    assert timezone.now() - session.signed_in_at < timedelta(days=1)
