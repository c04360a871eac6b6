"""An invited person joins a studio with the account that they have."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Org
from studio.accounts import join_studio
from studio.models import Membership, SecurityEvent, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.links import NEW, choose, link_on
from tests.pages import LIST, words_on
from tests.people.pages import INVITE, NINA

JOIN = reverse("join_studio")
LOGIN = reverse("login")


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


@pytest.fixture
def link(owner: Client) -> str:
    return link_on(owner.post(INVITE, NINA | {"role": "accountant_readonly"}))


def test_a_person_signs_in_and_joins(link: str, otto: User, northside: Org) -> None:
    invited = Membership.objects.get(user__first_name="Nina")
    browser = Client()
    assert "Sign in with my account" in words_on(browser.get(link, follow=True))
    assert browser.get(JOIN)["Location"] == f"{LOGIN}?next={JOIN}"
    browser.post(LOGIN, {"username": "otto", "password": PASSWORD, "next": JOIN})
    assert "Join Northside Pilates ?" in words_on(browser.get(JOIN)).replace(
        "Pilates?", "Pilates ?"
    )

    page = browser.post(JOIN, follow=True)

    assert "You belong to Northside Pilates now." in words_on(page)
    assert "At the desk: Otto" in words_on(page)
    member = Membership.objects.get(user=otto, org=northside)
    assert (member.pk, member.role) == (invited.pk, "accountant_readonly")
    assert otto.memberships.count() == 2
    assert not User.objects.filter(first_name="Nina").exists()
    joined = SecurityEvent.objects.get(kind="joined")
    assert (joined.org, joined.account, joined.actor) == (northside, otto, otto)
    assert "does not work any more" in words_on(Client().get(link))


def test_a_person_without_a_studio_joins(link: str, nora: User, northside: Org) -> None:
    browser = Client()
    browser.force_login(nora)
    browser.get(link, follow=True)
    assert "At the desk: Nora" in words_on(browser.post(JOIN, follow=True))


def test_opening_the_link_or_the_page_joins_nothing(link: str, otto: User) -> None:
    """The consent is the press of the button, with the CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(otto)
    browser.get(link, follow=True)
    browser.get(JOIN)
    assert browser.post(JOIN).status_code == 403
    assert otto.memberships.count() == 1


def test_nobody_joins_without_the_link(link: str, otto: User) -> None:
    browser = Client()
    browser.force_login(otto)
    for page in (browser.get(JOIN), browser.post(JOIN)):
        assert "No invitation is open." in words_on(page)
    assert otto.memberships.count() == 1


@pytest.mark.parametrize("end", ["withdrawn", "a new link", "used", "late"])
def test_an_invitation_that_has_ended_is_not_accepted(
    link: str, owner: Client, otto: User, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client()
    browser.force_login(otto)
    browser.get(link, follow=True)
    member = Membership.objects.get(user__first_name="Nina")
    match end:
        case "withdrawn":
            owner.post(reverse("person:withdraw", args=[member.pk]))
        case "a new link":
            owner.post(reverse("person:new_link", args=[member.pk]))
        case "used":
            choose(Client(), link)
        case "late":
            monkeypatch.setattr(join_studio, "OPEN_FOR", timedelta(0))
    assert "No invitation is open." in words_on(browser.post(JOIN))
    assert otto.memberships.count() == 1


def test_a_member_does_not_join_twice(link: str, mia: User, signed_in: SignIn) -> None:
    browser = signed_in(mia)
    browser.get(link, follow=True)
    assert "You belong to Northside Pilates already." in words_on(browser.post(JOIN, follow=True))
    assert mia.memberships.get().role == "staff"
    assert User.objects.filter(first_name="Nina").exists()


def test_the_invitation_form_does_not_reveal_accounts_of_other_studios(
    owner: Client, otto: User, nora: User
) -> None:
    """A name that another studio uses and a free name get the same answer."""
    answers = []
    for name in ("otto", "nora", "free"):
        page = owner.post(INVITE, NINA | {"username": name})
        answers.append(words_on(page).replace(name, "NAME"))
    assert len(set(answers)) == 1
    members = reverse("admin:studio_membership_changelist")
    shown = words_on(owner.get(members, {"q": "Nina"}))
    assert all(f"{name}Nina Vega" in shown for name in ("otto", "nora", "free"))
    invited = User.objects.filter(first_name="Nina")
    assert {user.shown_username for user in invited} == {"otto", "nora", "free"}
    assert not {user.username for user in invited} & {"otto", "nora", "free"}
    assert otto.memberships.count() == 1
    assert Client().post(LOGIN, {"username": "otto", "password": PASSWORD}).status_code == 302


def test_a_new_person_chooses_another_name_than_one_that_exists(owner: Client, otto: User) -> None:
    link = link_on(owner.post(INVITE, NINA | {"username": "otto"}))
    browser = Client()
    page = choose(browser, link)
    assert "Another account has this user name." in words_on(page)
    form = browser.get(link)["Location"]
    typed = {"username": "nina", "new_password1": NEW, "new_password2": NEW}
    assert browser.post(form, typed)["Location"] == reverse("home")
    nina = User.objects.get(username="nina")
    assert (nina.first_name, nina.membership.role) == ("Nina", "staff")
    assert "At the desk: Nina" in words_on(browser.get(LIST))
    assert User.objects.get(pk=otto.pk).check_password(PASSWORD)


def test_a_link_does_not_serve_to_try_out_names(owner: Client, otto: User) -> None:
    link = link_on(owner.post(INVITE, NINA))
    browser = Client()
    form = browser.get(link)["Location"]
    typed = {"username": "otto", "new_password1": "x", "new_password2": "y"}
    pages = [words_on(browser.post(form, typed)) for _ in range(7)]
    assert "Another account has this user name." in pages[0]
    assert "There were too many wrong tries." in pages[-1]
    assert "Another account" not in pages[-1]


def test_a_new_person_changes_the_proposed_name(owner: Client) -> None:
    link = link_on(owner.post(INVITE, NINA))
    browser = Client()
    form = browser.get(link)["Location"]
    for name in ("nina vega", "nina#1", "x" * 151):
        typed = {"username": name, "new_password1": NEW, "new_password2": NEW}
        assert browser.post(form, typed).status_code == 200
    browser.post(form, {"username": "vega", "new_password1": NEW, "new_password2": NEW})
    assert User.objects.get(first_name="Nina").username == "vega"
    assert timezone.now() - User.objects.get(username="vega").date_joined < timedelta(hours=1)
