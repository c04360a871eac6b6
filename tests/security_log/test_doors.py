"""Each way to sign in, to confirm and to be refused leaves an event."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.accounts.limits import ACCOUNT
from studio.models import SecurityEvent, User
from tests.allowances.limits import allow
from tests.approvals.approval import approve, owners_form
from tests.conftest import SignIn
from tests.database import value
from tests.factories import PASSWORD, make_purchase
from tests.pages import LIST, post_action
from tests.security_log.log import Event, Lines, events
from tests.shared_desk.people import LOCK, PIN, WRONG, give_pin, take_over

SIGN_IN = reverse("login")


def sign_in(browser: Client, username: str = "mia", password: str = PASSWORD) -> None:
    browser.post(SIGN_IN, {"username": username, "password": password})


def test_a_sign_in_and_a_sign_out_are_recorded(mia: User, northside: Org) -> None:
    browser = Client(REMOTE_ADDR="192.0.2.7")
    sign_in(browser)
    browser.post(reverse("logout"))

    assert events() == [
        Event("signed_in", "mia", "mia", "sign_in"),
        Event("signed_out", "mia", "mia", "sign_out"),
    ]
    first = SecurityEvent.objects.earliest("pk")
    assert (first.org, first.address) == (northside, "192.0.2.7")
    assert len(first.log_id) == 8
    assert abs(value("SELECT clock_timestamp()") - first.occurred_at) < timedelta(minutes=1)


def test_a_sign_out_without_a_sign_in_is_no_event(db: None) -> None:
    Client().post(reverse("logout"))
    assert events() == []


def test_a_wrong_password_is_recorded_for_the_account_and_its_org(
    mia: User, northside: Org
) -> None:
    sign_in(Client(), password="wrong")
    sign_in(Client(), username="")

    assert events() == [Event("sign_in_failed", "mia", None, "sign_in")]
    assert SecurityEvent.objects.get().org == northside


def test_an_unknown_name_is_stored_as_a_digest(mia: User) -> None:
    sign_in(Client(), username="hunter2-typed-here")
    sign_in(Client(), username="hunter2-typed-here")
    sign_in(Client(), username="another")

    stored = [*SecurityEvent.objects.values_list("org", "account", "unknown_name")]
    assert len(stored) == 3
    assert len(set(stored)) == 2
    assert all(org is None and account is None for org, account, _ in stored)
    assert all(len(digest) == 64 for _, _, digest in stored)


def test_a_refused_try_writes_a_line_and_no_row(mia: User, site_log: Lines) -> None:
    for _ in range(ACCOUNT.tries + 3):
        sign_in(Client(), password="wrong")

    assert len(events()) == ACCOUNT.tries
    refused = [line for line in site_log.of("studio.security") if "refused_try" in line]
    assert len(refused) == 3
    assert refused[0].startswith("WARNING studio.security: refused_try [request=")
    assert "door=sign_in address=127.0.0.1 detail=30s" in refused[0]


def test_the_shared_desk_is_recorded(mia: User, olivia: User, desk: Client) -> None:
    for user in (mia, olivia):
        give_pin(user)
    take_over(desk, olivia, WRONG)
    take_over(desk, olivia)
    desk.post(LOCK)
    take_over(desk, olivia, "not-a-pin")
    take_over(desk, mia, PASSWORD)

    door = "shared_desk"
    assert events() == [
        Event("wrong_pin", "olivia", "mia", door),
        Event("took_over", "olivia", "olivia", door, "pin"),
        Event("locked", None, "olivia", door),
        Event("wrong_password", "olivia", None, door),
        Event("unlocked", "mia", "mia", door, "password"),
    ]


def test_a_new_pin_and_a_wrong_password_for_it_are_recorded(desk: Client) -> None:
    for password in ("wrong", PASSWORD):
        form = {"password": password, "pin": "50821", "again": "50821"}
        desk.post(reverse("own_pin"), form)

    assert events() == [
        Event("wrong_password", "mia", "mia", "own_pin"),
        Event("pin_set", "mia", "mia", "own_pin"),
    ]


def test_a_change_of_the_own_password_is_recorded(desk: Client) -> None:
    new = "a-different-password-7"
    for old in ("wrong", PASSWORD):
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        desk.post(reverse("admin:password_change"), form)

    assert events() == [
        Event("wrong_password", "mia", "mia", "own_password"),
        Event("password_changed", "mia", "mia", "own_password"),
    ]


def test_a_refused_approval_is_recorded(
    desk: Client, northside: Org, olivia: User, otto: User
) -> None:
    allow(northside, 0)
    pack = make_purchase(org=northside)
    fields = owners_form(desk, pack)
    approve(desk, pack, fields, "wrong")
    approve(desk, pack, {**fields, "approved_by": str(otto.pk)}, PASSWORD)
    approve(desk, pack, fields, PASSWORD)

    assert events() == [
        Event("approval_refused", "olivia", "mia", "approval"),
        Event("approval_refused", None, "mia", "approval", "not_an_owner"),
    ]
    assert {event.org for event in SecurityEvent.objects.all()} == {northside}


def test_an_ended_session_is_recorded(mia: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post(reverse("own_sessions"), {"session": "others"})
    here.post(reverse("own_sessions"), {"session": "unknown"})

    assert events()[2:] == [Event("session_ended", "mia", "mia", "own_sessions", "1")]


def test_a_row_of_another_studio_is_recorded(otto: User, northside: Org, signed_in: SignIn) -> None:
    pack, browser = make_purchase(org=northside), signed_in(otto)
    browser.get(reverse("purchases:purchase_detail", args=[pack.pk]))
    post_action(browser, "use", pack)
    browser.get(reverse("admin:purchases_client_change", args=[pack.client_id]))
    browser.get("/admin/purchases/client/hunter2/change/")
    browser.get("/no/such/page/")
    Client().get(reverse("purchases:purchase_detail", args=[pack.pk]))

    assert events() == [
        Event("not_found", None, "otto", "desk", f"purchases:purchase_detail {pack.pk}"),
        Event("not_found", None, "otto", "desk", f"purchases:use {pack.pk}"),
        Event(
            "not_found", None, "otto", "admin", f"admin:purchases_client_change {pack.client_id}"
        ),
    ]
    assert {event.org for event in SecurityEvent.objects.all()} == {otto.membership.org}


def test_a_page_that_is_not_allowed_is_recorded(
    mia: User, ada: User, nora: User, desk: Client, northside: Org, signed_in: SignIn
) -> None:
    pack = make_purchase(org=northside)
    post_action(signed_in(ada), "use", pack)
    signed_in(nora).get(LIST)
    desk.get("/admin/studio/user/")
    give_pin(mia)
    take_over(desk, mia)
    desk.get("/admin/")

    assert [event for event in events() if event.kind != "took_over"] == [
        Event("not_allowed", None, "ada", "desk", f"purchases:use {pack.pk}"),
        Event("not_allowed", None, "nora", "desk", "purchases:purchase_list"),
        Event("not_allowed", None, "mia", "admin", "admin:studio_user_changelist"),
        Event("not_allowed", None, "mia", "admin", "admin:index"),
    ]


@pytest.mark.parametrize("secret", [PASSWORD, PIN])
def test_a_press_and_its_approval_leave_no_event(
    desk: Client, northside: Org, olivia: User, secret: str
) -> None:
    give_pin(olivia)
    pack: Purchase = make_purchase(org=northside)
    post_action(desk, "use", pack)
    allow(northside, 0)
    assert approve(desk, pack, owners_form(desk, pack), secret).status_code == 200
    assert events() == []
