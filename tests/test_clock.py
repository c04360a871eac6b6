"""The clock of this machine is an hour off. Every limit goes by the clock of the database."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases import clock, live_updates
from purchases.models import Org, Purchase
from studio.accounts import rate_limit
from studio.accounts.limits import TooManyTries
from studio.accounts.links import TOKENS
from studio.accounts.origin import Origin
from studio.accounts.policy import IDLE_TIME
from studio.accounts.refused_forms import SIGNER
from studio.models import Session, User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_purchase
from tests.ledger import reinstated_by, unguarded
from tests.pages import LIST, post_action, send, words_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = 24 * HOUR


def database_time() -> datetime:
    ((now,),) = rows("SELECT clock_timestamp()")
    assert isinstance(now, datetime)
    return now


@pytest.fixture(params=[-HOUR, timedelta(), HOUR], ids=["slow", "right", "fast"], autouse=True)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[timedelta]:
    """Move the clock of this machine, and yield by how much. A connection compares the clocks."""
    off: timedelta = request.param
    machine_now, machine_time = timezone.now, time.time
    monkeypatch.setattr(timezone, "now", lambda: machine_now() + off)
    monkeypatch.setattr(time, "time", lambda: machine_time() + off.total_seconds())
    connection.init_connection_state()
    yield off
    monkeypatch.undo()
    connection.init_connection_state()


@pytest.fixture
def in_the_past(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta, Callable[[], str]], str]:
    """Return a function that makes a text as the site made it some time ago."""

    def make(ago: timedelta, text: Callable[[], str]) -> str:
        then = clock.now() - ago
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda: then)
            return text()

    return make


def test_now_is_the_time_of_the_database() -> None:
    assert abs(clock.now() - database_time()) < timedelta(seconds=5)
    assert abs(clock.seconds() - database_time().timestamp()) < 5
    assert clock.today() == timezone.localdate(database_time())


@pytest.mark.parametrize(("age", "status"), [(14 * MINUTE, 200), (16 * MINUTE, 409)])
def test_an_undo_has_15_minutes(
    desk: Client, mia: User, northside: Org, age: timedelta, status: int
) -> None:
    pack = make_purchase(org=northside)
    event = reinstated_by(mia, pack)
    with unguarded("session_events"):
        rows("UPDATE session_events SET occurred_at = now() - %s WHERE id = %s", age, event.pk)
    event.refresh_from_db()
    path = reverse("purchases:undo", args=[event.pk])
    assert send(desk, path, htmx=True).status_code == status


@pytest.mark.parametrize(("left", "is_used"), [(30 * MINUTE, 4), (-30 * MINUTE, 3)])
def test_a_pack_expires_at_the_press(
    desk: Client, northside: Org, left: timedelta, is_used: int
) -> None:
    pack = make_purchase(org=northside, expires_at=database_time() + left)
    assert Purchase.objects.get(pk=pack.pk).has_expired is (left < timedelta())
    post_action(desk, "use", pack)
    assert used(pack) == is_used


@pytest.mark.parametrize(("age", "works"), [(DAY - 10 * MINUTE, True), (DAY + 10 * MINUTE, False)])
def test_a_link_works_for_24_hours(
    mia: User, in_the_past: Callable[..., str], age: timedelta, works: bool
) -> None:
    token = in_the_past(age, lambda: TOKENS.make_token(mia))
    assert TOKENS.check_token(mia, token) is works


@pytest.mark.parametrize(("age", "works"), [(50 * MINUTE, True), (70 * MINUTE, False)])
def test_signed_texts_expire(
    northside: Org, in_the_past: Callable[..., str], age: timedelta, works: bool
) -> None:
    token = in_the_past(age, lambda: live_updates.token(northside.pk, "key"))
    assert live_updates.org_of(token, "key") == (northside.pk if works else None)

    form = in_the_past(age, lambda: SIGNER.sign_object(["/", "1", []]))
    cookie = in_the_past(age, lambda: signing.get_cookie_signer(salt="desk").sign("here"))
    for read in (
        lambda: SIGNER.unsign_object(form, max_age=HOUR),
        lambda: signing.get_cookie_signer(salt="desk").unsign(cookie, max_age=HOUR),
    ):
        if works:
            assert read()
        else:
            with pytest.raises(signing.SignatureExpired):
                read()


@pytest.mark.parametrize(("left", "is_open"), [(30 * MINUTE, True), (-30 * MINUTE, False)])
def test_a_session_ends(signed_in: SignIn, mia: User, left: timedelta, is_open: bool) -> None:
    browser = signed_in(mia)
    now = database_time()
    Session.objects.update(expire_date=now + left, last_used_at=now)
    assert browser.get(LIST).status_code == (200 if is_open else 302)


@pytest.mark.parametrize(
    ("idle", "is_open"), [(IDLE_TIME - MINUTE, True), (IDLE_TIME + MINUTE, False)]
)
def test_a_desk_locks_when_it_is_idle(
    signed_in: SignIn, mia: User, idle: timedelta, is_open: bool
) -> None:
    browser = signed_in(mia)
    Session.objects.update(last_used_at=database_time() - idle)
    assert browser.get(LIST).status_code == (200 if is_open else 302)


def test_the_last_use_of_a_session_is_stored(signed_in: SignIn, mia: User) -> None:
    browser = signed_in(mia)
    Session.objects.update(last_used_at=database_time() - 2 * MINUTE)
    browser.get(LIST)
    (stored,) = Session.objects.values_list("last_used_at", flat=True)
    assert abs(stored - database_time()) < MINUTE


def test_a_delay_after_wrong_tries_is_not_an_hour_longer_or_shorter() -> None:
    origin = Origin(network="192.0.2.1", browser="")
    refused = first_refusal(lambda: rate_limit.check("mia", origin, lambda: False))
    free_at = rows("SELECT max(free_at) FROM studio_ratelimit WHERE level >= 1")[0][0]
    assert timedelta() < free_at - database_time() < 2 * MINUTE
    assert refused.args[0] < 2 * MINUTE


def first_refusal(attempt: Callable[[], object]) -> TooManyTries:
    for _ in range(10):
        try:
            attempt()
        except TooManyTries as refused:
            return refused
    raise AssertionError("no try was refused")


def test_a_browser_sees_the_same_clock_after_a_change(
    signed_in: SignIn, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the machine changes while a connection is open. The next request notices."""
    browser = signed_in(mia)
    before = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: before() + 3 * HOUR)
    browser.get(LIST)
    assert abs(clock.now() - database_time()) < timedelta(seconds=5)
    assert "Mia" in words_on(browser.get(LIST))
