"""No page sends an owner to an owner."""

import pytest
from django.contrib import messages
from django.test import Client
from django.urls import reverse

from purchases import queries
from purchases.models import Org
from studio.accounts import pins
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.factories import make_user
from tests.pages import LIST, html_of, words_on

ASK = "an owner"


def wrong_sign_ins(name: str, count: int) -> None:
    for _ in range(count):
        Client().post(reverse("login"), {"username": name, "password": "wrong"})


def test_a_page_that_an_owner_may_not_see(olivia: User, signed_in: SignIn) -> None:
    page = signed_in(olivia).get(reverse("admin:studio_user_changelist"))
    assert page.status_code == 403
    assert "Only a superuser of this site may do it." in words_on(page)
    assert ASK not in words_on(page)


@pytest.mark.parametrize(
    ("name", "told"), [("olivia", "the person who runs this site"), ("mia", ASK)]
)
def test_an_error(
    name: str,
    told: str,
    signed_in: SignIn,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(**arguments: object) -> None:
        raise RuntimeError

    browser = signed_in(request.getfixturevalue(name))
    browser.raise_request_exception = False
    monkeypatch.setattr(queries, "desk_page", fail)
    page = browser.get(LIST)
    assert page.status_code == 500
    assert told in words_on(page)


@pytest.mark.parametrize(
    ("name", "told"), [("olivia", "choose a new password."), ("mia", "tell an owner.")]
)
def test_wrong_tries_before_the_sign_in(
    name: str, told: str, request: pytest.FixtureRequest, now: object
) -> None:
    user = request.getfixturevalue(name)
    wrong_sign_ins(name, 2)
    browser = Client()
    browser.post(reverse("login"), {"username": name, "password": "a-long-test-password"})
    note = [str(message) for message in messages.get_messages(browser.get(LIST).wsgi_request)]
    words = words_on(browser.get(LIST)) if not note else note[0]
    assert user.is_active
    assert f"since today. If that was not you, {told}" in words


def test_only_another_owner_can_unlock_an_owner(
    northside: Org, olivia: User, mia: User, signed_in: SignIn
) -> None:
    member = Membership.objects.get(user=olivia)
    pins.set_pin(member, "2846")
    shared = signed_in(mia)

    def try_often() -> str:
        for _ in range(6):
            page = shared.post(reverse("at_desk"), {"who": member.pk, "secret": "9999"})
        return words_on(page)

    assert "can unlock" not in try_often()
    make_user(username="oscar", org=northside, role="owner")
    assert "An owner can unlock Olivia." in try_often()


def test_the_admin_and_the_page_link_to_each_other(
    olivia: User, mia: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    member = Membership.objects.get(user=mia)
    admin = reverse("admin:studio_membership_change", args=[member.pk])
    page = reverse("person:detail", args=[member.pk])
    assert f'href="{admin}"' in html_of(owner.get(page))
    assert f'href="{page}"' in html_of(owner.get(admin))
    listed = reverse("admin:studio_membership_changelist")
    assert f'href="{listed}"' in html_of(owner.get(reverse("people")))
    assert f'href="{reverse("people")}"' in html_of(owner.get(listed))
