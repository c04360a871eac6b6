"""The list of the people of a studio, and the page of one person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org
from studio.accounts import pins
from studio.models import Membership, RateLimit, Totp, User
from tests.conftest import SignIn
from tests.factories import make_user
from tests.links import make_invited
from tests.pages import html_of, words_on
from tests.people.pages import PEOPLE, url_of


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


def test_the_list_has_the_people_of_the_studio_only(
    owner: Client, northside: Org, mia: User, ada: User, otto: User, nora: User
) -> None:
    words = words_on(owner.get(PEOPLE))
    assert "Mia mia Front desk Active" in words
    assert "Ada ada Accountant (read only) Active" in words
    assert "Otto" not in words
    assert "Nora" not in words


def test_the_list_says_who_is_invited_and_who_is_switched_off(
    owner: Client, mia: User, ada: User
) -> None:
    make_invited(mia)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    words = words_on(owner.get(PEOPLE))
    assert "Mia mia Front desk Invited" in words
    assert "Ada ada Accountant (read only) Switched off" in words
    # People who can sign in come first.
    assert words.index("Olivia") < words.index("Mia mia") < words.index("Ada ada")


def test_the_list_shows_the_sign_in_of_each_person(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    pins.set_pin(mia.membership, "2846")
    Totp.objects.create(user=mia, secret="x", last_counter=0)
    for _ in range(2):
        signed_in(mia)
    words = words_on(owner.get(PEOPLE))
    assert "PIN: yes Second factor: yes Last sign-in:" in words
    assert "Signed in on: 2 browsers" in words


def test_a_session_of_a_former_password_is_not_counted(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    signed_in(mia)
    mia.set_password("another-one-of-hers")
    mia.save()
    assert "1 browser" in words_on(owner.get(PEOPLE))  # Olivia’s own
    assert "Not signed in anywhere." in words_on(owner.get(url_of(mia)))


def test_the_list_says_until_when_a_person_is_locked_out(owner: Client, mia: User) -> None:
    for _ in range(5):
        Client().post(reverse("login"), {"username": "mia", "password": "wrong"})
    assert RateLimit.objects.exclude(account="").filter(free_at__gt=timezone.now()).exists()
    assert "locked out until" in words_on(owner.get(PEOPLE))
    assert "Unlock" in words_on(owner.get(url_of(mia)))


def test_the_list_takes_the_same_queries_for_any_number_of_people(
    owner: Client,
    northside: Org,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        signed_in(make_user(username=f"person{number}", org=northside))
    # The session; the members; their sessions; their delays.
    with django_assert_num_queries(4):
        owner.get(PEOPLE)


def test_the_page_of_a_person_shows_neither_hash_nor_session_key(
    owner: Client, mia: User, signed_in: SignIn
) -> None:
    pins.set_pin(mia.membership, "2846")
    key = signed_in(mia).session.session_key
    assert key
    for page in (owner.get(PEOPLE), owner.get(url_of(mia))):
        html = html_of(page)
        assert mia.password not in html
        assert key not in html


def test_a_pin_does_not_open_the_pages(owner: Client, olivia: User, mia: User, now: object) -> None:
    member = Membership.objects.get(user=olivia)
    pins.set_pin(member, "2846")
    owner.post(reverse("at_desk"), {"who": member.pk, "secret": "2846"})
    for url in (PEOPLE, url_of(mia)):
        page = owner.get(url)
        assert page.status_code == 403
        assert "This page asks for the password." in words_on(page)
    assert owner.post(url_of(mia, "switch_off")).status_code == 403
    assert User.objects.get(pk=mia.pk).is_active


def test_the_page_offers_what_is_possible(owner: Client, olivia: User, mia: User) -> None:
    own = words_on(owner.get(url_of(olivia)))
    assert "This is the only owner who can sign in." in own
    assert "Leaves the studio" not in own
    hers = words_on(owner.get(url_of(mia)))
    assert "Make a link for a new password" in hers
    assert "Clear the PIN" not in hers
    assert "Unlock" not in hers
    assert "Withdraw" not in hers


def test_the_last_sign_in_is_shown(owner: Client, mia: User) -> None:
    opened_at = timezone.now() - timedelta(days=400)
    Membership.objects.filter(user=mia).update(opened_at=opened_at)
    assert str(opened_at.year) in html_of(owner.get(url_of(mia)))
