"""An owner of one studio changes and learns nothing of what a person does in another one."""

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from purchases.models import Org
from studio.accounts import mail, pins
from studio.accounts.links import may_make_link
from studio.accounts.second_factor import factors
from studio.models import Membership, Pin, SecurityEvent, Totp, User
from tests.conftest import SignIn
from tests.factories import PASSWORD, keep_signed_in
from tests.links import LINK, NEW, choose, link_of
from tests.pages import LIST, html_of, words_on
from tests.people.pages import PEOPLE
from tests.several_studios.people import change_to, member_of, open_next

MEMBERS = reverse("admin:studio_membership_changelist")
LOGIN = reverse("login")


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    """Olivia, an owner of Northside only."""
    return signed_in(olivia)


def url_of(member: Membership, page: str = "detail") -> str:
    return reverse(f"person:{page}", args=[member.pk])


# --- The account is the person's ------------------------------------------------------------------


def test_no_owner_makes_a_link_for_the_password(
    owner: Client, olivia: User, tara: User, northside: Org, settings: Settings
) -> None:
    member = member_of(tara, northside)
    page = owner.get(url_of(member))
    assert "belongs to another studio too" in words_on(page)
    assert "Make a link" not in words_on(page)
    for sends_email, advice in [(True, "Forgot your password?"), (False, "runs this site")]:
        settings.SENDS_EMAIL = sends_email
        answer = owner.post(url_of(member, "new_link"), follow=True)
        assert "Tara belongs to another studio too" in words_on(answer)
        assert advice in words_on(answer)
    admin = {"action": "make_links", "_selected_action": [member.pk]}
    answer = owner.post(MEMBERS, admin, follow=True)
    assert "You cannot make a link for Tara." in words_on(answer)
    assert not LINK.search(html_of(answer))
    assert not may_make_link(User.objects.get(pk=olivia.pk), tara)


def test_an_owner_of_both_studios_makes_no_link_either(
    hers: Client, tara: User, mia: User, southside: Org
) -> None:
    """The open studio decides, and Mia belongs to another one as well."""
    Membership.objects.create(user=mia, org=southside, role="staff")
    assert not may_make_link(User.objects.get(pk=tara.pk), mia)


def test_a_link_ends_when_the_person_gets_another_studio(
    mia: User, southside: Org, northside: Org
) -> None:
    link = link_of(mia)
    Membership.objects.create(user=mia, org=southside, role="staff")
    assert "does not work any more" in words_on(Client().get(link))


def test_the_person_gets_a_link_by_mail(
    tara: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SENDS_EMAIL = True
    monkeypatch.setattr(mail, "in_background", lambda task: task())
    User.objects.filter(pk=tara.pk).update(email="tara@example.com")
    Client().post(reverse("forgotten_password"), {"account": "tara"})
    (message,) = outbox.outbox
    found = LINK.search(str(message.body))
    assert found
    choose(Client(), found[0].removeprefix("http://testserver"))
    assert Client().post(LOGIN, {"username": "tara", "password": NEW}).status_code == 302


def test_no_owner_removes_the_second_factor(owner: Client, tara: User, northside: Org) -> None:
    Totp.objects.create(user=tara, secret="x", last_counter=0)
    member = member_of(tara, northside)
    assert "Remove the second factor" not in words_on(owner.get(url_of(member)))
    answer = owner.post(url_of(member, "remove_factors"), follow=True)
    assert "you cannot remove the second factor" in words_on(answer)
    chosen = {"action": "remove_second_factors", "_selected_action": [member.pk]}
    assert "you cannot remove" in words_on(owner.post(MEMBERS, chosen, follow=True))
    assert factors.has_factor(tara)


def test_a_superuser_removes_it(tara: User, northside: Org, signed_in: SignIn) -> None:
    Totp.objects.create(user=tara, secret="x", last_counter=0)
    superuser = signed_in(User.objects.create_superuser("sue"))
    chosen = {
        "action": "remove_second_factors",
        "_selected_action": [member_of(tara, northside).pk],
    }
    superuser.post(MEMBERS, chosen)
    assert not factors.has_factor(tara)


def test_switching_on_leaves_an_account_off_that_another_studio_has(
    owner: Client, tara: User, mia: User, otto: User, northside: Org
) -> None:
    for user in (tara, mia):
        User.objects.filter(pk=user.pk).update(is_active=False)
        member = member_of(user, northside)
        words = words_on(owner.post(url_of(member, "switch_on"), follow=True))
        is_only_here = user == mia
        assert ("is switched on" in words) is is_only_here
        assert User.objects.get(pk=user.pk).is_active is is_only_here


def test_a_pin_is_cleared_in_one_studio(
    owner: Client, tara: User, northside: Org, southside: Org
) -> None:
    for org in (northside, southside):
        pins.set_pin(member_of(tara, org), "2846")
    owner.post(url_of(member_of(tara, northside), "clear_pin"))
    assert [pin.membership.org for pin in Pin.objects.all()] == [southside]


def test_an_owner_ends_the_sessions_of_their_studio_only(
    owner: Client, tara: User, hers: Client, northside: Org, southside: Org
) -> None:
    elsewhere = Client()
    elsewhere.force_login(tara)
    change_to(elsewhere, tara, southside)
    member = member_of(tara, northside)
    assert len(owner.get(url_of(member)).context["person"].sessions) == 1

    owner.post(url_of(member, "sign_out"))

    assert hers.get(LIST)["Location"].startswith(LOGIN)
    assert elsewhere.get(LIST).status_code == 200
    owner.post(url_of(member, "sign_out"), {"session": "unknown"})
    assert elsewhere.get(LIST).status_code == 200


# --- What an owner sees ---------------------------------------------------------------------------


def test_the_last_sign_in_is_that_to_the_own_studio(
    owner: Client, tara: User, northside: Org, southside: Org
) -> None:
    long_ago = timezone.now().replace(year=2019)
    open_next(tara, southside)
    tara.memberships.filter(org=northside).update(opened_at=long_ago)
    Client().post(LOGIN, {"username": "tara", "password": PASSWORD})
    keep_signed_in(timezone.now())
    page = owner.get(url_of(member_of(tara, northside)))
    assert "2019" in html_of(page)
    assert "Not signed in anywhere." in words_on(page)
    assert "Southside" not in html_of(page) + html_of(owner.get(PEOPLE))


def test_the_security_log_of_a_studio_has_its_own_events_only(
    tara: User, hers: Client, northside: Org, southside: Org
) -> None:
    hers.post(reverse("lock_desk"))
    hers.post(reverse("at_desk"), {"who": member_of(tara, northside).pk, "secret": PASSWORD})
    change_to(hers, tara, southside)
    before = SecurityEvent.objects.filter(org=northside).count()
    hers.post(reverse("lock_desk"))
    open_next(tara, northside)  # as another browser does
    hers.post(reverse("at_desk"), {"who": member_of(tara, southside).pk, "secret": "wrong"})
    hers.post(reverse("at_desk"), {"who": member_of(tara, southside).pk, "secret": PASSWORD})
    hers.post(reverse("logout"))
    open_next(tara, southside)
    Client().post(LOGIN, {"username": "tara", "password": PASSWORD})
    assert SecurityEvent.objects.filter(org=northside).count() == before
    kinds = list(SecurityEvent.objects.filter(org=southside).values_list("kind", flat=True))
    assert kinds == [
        "studio_opened",
        "locked",
        "wrong_password",
        "unlocked",
        "signed_out",
        "signed_in",
    ]


def test_an_owner_who_is_the_last_of_one_studio_stays_there(
    tara: User, hers: Client, otto: User, northside: Org, southside: Org
) -> None:
    """The rule of the last owner is that of each studio: Southside has Otto too."""
    words = words_on(hers.post(url_of(member_of(tara, northside), "switch_off"), follow=True))
    assert "a studio needs an owner who can sign in" in words
    change_to(hers, tara, southside)
    hers.post(url_of(member_of(tara, southside), "switch_off"))
    assert [member.org for member in tara.memberships.filter(is_active=True)] == [northside]
    assert hers.get(LIST)["Location"] == reverse("own_studios")


def test_a_superuser_does_not_switch_an_account_off_that_is_a_last_owner(
    tara: User, otto: User, northside: Org
) -> None:
    """Southside has Otto, but Northside would have no owner."""
    superuser = Client()
    superuser.force_login(User.objects.create_superuser("sue"))
    form = {
        "username": "tara",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    url = reverse("admin:studio_user_change", args=[tara.pk])
    words = words_on(superuser.post(url, form, follow=True))
    assert "a studio needs an owner who can sign in" in words
    assert User.objects.get(pk=tara.pk).is_active
