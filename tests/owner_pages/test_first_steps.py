"""The first steps on the desk of an owner: each line goes away when it is done."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purchases.models import Org
from studio.models import FinishedStep, User
from studio.owner_pages import first_steps
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase, make_user
from tests.pages import LIST, html_of, words_on
from tests.shared_desk.people import give_pin

DISMISS = reverse("finish_first_step")
OFFERS, CLIENTS, PEOPLE, SHARED_DESK, COPY = (
    "Add what you sell",
    "Bring in your clients",
    "Invite your team",
    "Set up a shared desk",
    "Keep a copy of your data",
)


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


def steps_on(browser: Client) -> list[str]:
    text = words_on(browser.get(LIST))
    return [step for step in (OFFERS, CLIENTS, PEOPLE, SHARED_DESK, COPY) if step in text]


def age(org: Org, days: int) -> None:
    Org.objects.filter(pk=org.pk).update(created_at=org.created_at - timedelta(days=days))


def test_an_owner_of_a_new_studio_sees_every_step(owner: Client) -> None:
    assert steps_on(owner) == [OFFERS, CLIENTS, PEOPLE, SHARED_DESK, COPY]
    html = html_of(owner.get(LIST))
    assert f'href="{reverse("studio_settings")}#shared-desk"' in html
    for step in first_steps.first_steps(User.objects.get().membership, desk_is_empty=True):
        assert owner.get(step.url).status_code == 200, step.url


@pytest.mark.parametrize(
    ("do", "gone"),
    [
        (lambda org: make_offer(org=org), OFFERS),
        (lambda org: make_client(org=org), CLIENTS),
        (lambda org: make_user(username="zoe", org=org), PEOPLE),
        (lambda org: give_pin(User.objects.get(username="olivia")), SHARED_DESK),
    ],
)
def test_a_step_goes_when_it_is_done(
    owner: Client,
    northside: Org,
    southside: Org,
    otto: User,
    do: Callable[[Org], object],
    gone: str,
) -> None:
    do(southside) if gone in (OFFERS, CLIENTS) else None
    assert gone in steps_on(owner), "another studio has done it"

    do(northside)

    assert gone not in steps_on(owner)


def test_the_list_goes_with_its_last_step(
    owner: Client, northside: Org, olivia: User, mia: User
) -> None:
    make_purchase(org=northside)
    give_pin(olivia)
    assert steps_on(owner) == [COPY]

    assert owner.post(DISMISS, {"step": "copy"})["Location"] == reverse("home")

    assert "First steps" not in words_on(owner.get(LIST))


def test_dismissing_again_or_an_unknown_step_changes_nothing(owner: Client) -> None:
    for step in ("copy", "copy", "unheard-of", ""):
        assert owner.post(DISMISS, {"step": step}).status_code == 302
    assert [row.step for row in FinishedStep.objects.all()] == ["copy"]


def test_a_dismissed_step_is_that_of_the_studio(
    owner: Client, otto: User, signed_in: SignIn
) -> None:
    owner.post(DISMISS, {"step": "copy"})
    assert COPY not in steps_on(owner)
    assert COPY in steps_on(signed_in(otto))


@pytest.mark.parametrize("username", ["mia", "ada"])
def test_other_roles_see_no_steps(mia: User, ada: User, signed_in: SignIn, username: str) -> None:
    browser = signed_in(User.objects.get(username=username))
    assert steps_on(browser) == []
    assert browser.post(DISMISS, {"step": "copy"}).status_code == 403
    assert not FinishedStep.objects.exists()


def test_the_desk_of_an_established_studio_takes_no_query_more(
    owner: Client, northside: Org
) -> None:
    make_purchase(org=northside)
    with CaptureQueriesContext(connection) as new:
        assert steps_on(owner) == [PEOPLE, SHARED_DESK, COPY]
    age(northside, 31)
    with CaptureQueriesContext(connection) as established:
        assert steps_on(owner) == []
    assert len(new) == len(established) + 1
    assert not [query for query in established if "finishedstep" in query["sql"]]


def test_an_old_studio_without_purchases_sees_the_steps(owner: Client, northside: Org) -> None:
    age(northside, 400)
    assert SHARED_DESK in steps_on(owner)
    assert "First steps" not in words_on(owner.get(LIST, {"q": "ana"})), "a search is empty"
    assert "First steps" not in words_on(owner.get(LIST, {"state": "unpaid"}))
