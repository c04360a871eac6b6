"""The buttons of a person's page: each changes one thing, and the security log says who did it."""

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from purchases.models import Org
from studio.accounts import mail, pins
from studio.models import Membership, Session, Totp, User
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_user
from tests.links import NEW, choose, link_on, make_invited
from tests.pages import LIST, words_on
from tests.people.pages import INVITE, NINA, PEOPLE, press, url_of
from tests.security_log.log import Event, events

ACTS = [
    "new_link",
    "withdraw",
    "change_role",
    "switch_off",
    "switch_on",
    "clear_pin",
    "unlock",
    "remove_factors",
    "sign_out",
]


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


# --- Invitations ----------------------------------------------------------------------------------


def test_an_owner_invites_a_person_who_chooses_the_password(owner: Client, northside: Org) -> None:
    page = owner.post(INVITE, NINA)

    nina = User.objects.get(first_name="Nina")
    assert (nina.membership.org, nina.membership.role) == (northside, "staff")
    assert events() == [
        Event("role_changed", "nina", "olivia", "people", "none to staff"),
        Event("invited", "nina", "olivia", "people"),
    ]
    assert "It is shown only here." in words_on(page)
    browser = Client()
    assert choose(browser, link_on(page))["Location"] == reverse("home")
    assert "At the desk: Nina" in words_on(browser.get(LIST))


def test_an_invitation_with_a_name_that_exists_is_refused(owner: Client, mia: User) -> None:
    page = owner.post(INVITE, NINA | {"username": "mia"})
    assert page.status_code == 200
    assert "A person with this user name is in your studio already." in words_on(page)
    assert not Membership.objects.filter(user__first_name="Nina").exists()


def test_the_link_is_sent_by_email_and_not_shown(
    owner: Client,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: object,
) -> None:
    settings.SENDS_EMAIL = True
    monkeypatch.setattr(mail, "in_background", lambda task: task())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        page = owner.post(INVITE, NINA | {"email": "nina@example.com"})
    assert "is on its way to nina@example.com" in words_on(page)
    (message,) = outbox.outbox
    assert message.to == ["nina@example.com"]


def test_a_new_link_ends_the_former_invitation(owner: Client) -> None:
    former = link_on(owner.post(INVITE, NINA))
    nina = User.objects.get(first_name="Nina")

    link = link_on(press(owner, nina, "new_link"))

    assert "does not work any more" in words_on(Client().get(former))
    assert choose(Client(), link)["Location"] == reverse("home")


def test_an_owner_withdraws_an_invitation(owner: Client) -> None:
    link = link_on(owner.post(INVITE, NINA))
    nina = User.objects.get(first_name="Nina")
    number = nina.pk

    page = press(owner, nina, "withdraw")

    assert "The invitation of Nina is withdrawn." in words_on(page)
    assert not User.objects.filter(pk=number).exists()
    assert "does not work any more" in words_on(Client().get(link))
    assert events()[-1].kind == "account_deleted"


def test_a_person_who_has_chosen_a_password_is_not_withdrawn(owner: Client, mia: User) -> None:
    page = press(owner, mia, "withdraw")
    assert "Mia has no invitation that you can withdraw." in words_on(page)
    assert User.objects.filter(pk=mia.pk).exists()


# --- The account ----------------------------------------------------------------------------------


def test_a_link_for_a_new_password(owner: Client, mia: User) -> None:
    link = link_on(press(owner, mia, "new_link"))
    choose(Client(), link)
    signed_in = Client().post(reverse("login"), {"username": "mia", "password": NEW})
    assert signed_in.status_code == 302
    assert events()[0] == Event("link_made", "mia", "olivia", "people")


def test_a_change_of_the_role_holds_at_the_next_request(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    hers = signed_in(mia)
    assert hers.get(PEOPLE).status_code == 403
    page = press(owner, mia, "change_role", role="owner")
    assert "Mia is now: Owner." in words_on(page)
    assert hers.get(PEOPLE).status_code == 200
    changed = [event for event in events() if event.kind == "role_changed"]
    assert changed == [Event("role_changed", "mia", "olivia", "people", "staff to owner")]


def test_no_other_role_is_accepted(owner: Client, mia: User) -> None:
    page = press(owner, mia, "change_role", role="king")
    assert "Choose a role of the list." in words_on(page)
    assert Membership.objects.get(user=mia).role == "staff"


def test_a_person_who_is_switched_off_is_out_at_the_next_request(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    hers = signed_in(mia)
    page = press(owner, mia, "switch_off")
    assert "Mia is switched off, and out of your studio." in words_on(page)
    assert hers.get(LIST).status_code == 302
    # The account is still Mia's, and has no studio.
    typed = {"username": "mia", "password": PASSWORD}
    again = Client()
    assert again.post(reverse("login"), typed).status_code == 302
    assert again.get(LIST).status_code == 403
    assert Event("switched_off", "mia", "olivia", "people") in events()

    press(owner, mia, "switch_on")

    assert Client().post(reverse("login"), typed).status_code == 302
    # The session from before is not revived.
    assert hers.get(LIST).status_code == 302
    assert Event("switched_on", "mia", "olivia", "people") in events()


def test_an_owner_clears_a_pin(owner: Client, mia: User) -> None:
    pins.set_pin(mia.membership, "2846")
    assert "The PIN of Mia is cleared." in words_on(press(owner, mia, "clear_pin"))
    assert not Membership.objects.get(user=mia).has_pin
    assert events() == [Event("pin_cleared", "mia", "olivia", "people")]


def test_an_owner_unlocks_a_person_once_an_hour(owner: Client, mia: User) -> None:
    assert "Mia is not locked out." in words_on(press(owner, mia, "unlock"))

    def lock_out() -> None:
        for _ in range(6):
            Client().post(reverse("login"), {"username": "mia", "password": "wrong"})

    lock_out()
    assert "Mia is unlocked." in words_on(press(owner, mia, "unlock"))
    assert events()[-1] == Event("tries_reset", "mia", "olivia", "people")
    lock_out()
    words = words_on(press(owner, mia, "unlock"))
    assert "Mia was unlocked less than an hour ago. Try again later." in words


def test_an_owner_removes_the_second_factors_of_another_person_only(
    owner: Client, olivia: User, mia: User
) -> None:
    for user in (olivia, mia):
        Totp.objects.create(user=user, secret="x", last_counter=0)
    press(owner, mia, "remove_factors")
    words = words_on(press(owner, olivia, "remove_factors"))
    assert "You remove your own second factor on the page" in words
    assert [row.user_id for row in Totp.objects.all()] == [olivia.pk]
    assert events() == [Event("factor_removed", "mia", "olivia", "people")]


def test_an_owner_signs_a_person_out_of_one_browser_or_all(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    first, second, third = (signed_in(mia) for _ in range(3))
    page = owner.get(url_of(mia))
    chosen = page.context["person"].sessions[-1]
    press(owner, mia, "sign_out", session=chosen.id)
    assert not Session.objects.filter(pk=chosen.session.pk).exists()
    assert Session.objects.filter(user=mia.pk).count() == 2

    words = words_on(press(owner, mia, "sign_out", session="unknown"))
    assert "Mia is not signed in there any more." in words

    press(owner, mia, "sign_out")
    assert [browser.get(LIST).status_code for browser in (first, second, third)] == [302] * 3
    assert [event.kind for event in events()] == ["session_ended"] * 2


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_a_person_of_another_studio(
    owner: Client, otto: User, sara: User, act: str
) -> None:
    make_invited(sara)
    before = list(User.objects.order_by("pk").values())
    for user in (otto, sara):
        assert owner.post(url_of(user, act), {"role": "staff"}).status_code == 404
        assert owner.get(url_of(user)).status_code == 404
    assert list(User.objects.order_by("pk").values()) == before
    assert Membership.objects.get(user=otto).role == "owner"


@pytest.mark.parametrize("act", ACTS)
def test_only_owners_act(desk: Client, ada: User, act: str) -> None:
    assert desk.post(url_of(ada, act), {"role": "owner"}).status_code == 403
    assert Membership.objects.get(user=ada).role == "accountant_readonly"


@pytest.mark.parametrize("act", ["switch_off", "switch_on", "remove_factors", "new_link"])
def test_the_account_of_a_superuser_is_beyond_an_owner(
    owner: Client, northside: Org, act: str
) -> None:
    sue = make_user(username="sue", org=northside)
    User.objects.filter(pk=sue.pk).update(is_superuser=True)
    Totp.objects.create(user=sue, secret="x", last_counter=0)
    words = words_on(press(owner, sue, act))
    assert "Only a superuser" in words or "You cannot make a link for Sue." in words
    assert User.objects.get(pk=sue.pk).is_active
    assert Totp.objects.filter(user=sue).exists()
