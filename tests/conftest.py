"""The cast. Northside Pilates has Olivia, who owns it, Mia at the desk and Ada the accountant.
Otto owns Southside Yoga and is a stranger here. Nora has an account and no membership."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings
from django.utils import timezone

from purchases.models import Org
from studio.models import User
from tests.factories import make_org, make_user


def pytest_configure() -> None:
    """A connection that a thread of the live server kept open would keep the test database."""
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session", autouse=True)
def quick_and_uncollected() -> Iterator[None]:
    """Passwords are hashed the fast way, and static files need no collecting first."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        },
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def flush_may_forget() -> Iterator[None]:
    """Between tests the whole database is emptied, the ledger too, which refuses exactly that.
    Its guards are off for the flush alone."""
    flush = DatabaseOperations.execute_sql_flush
    guards = [
        ("session_events", "refuse_to_forget"),
        ("session_requests", "refuse_to_forget"),
        ("client_purchases", "record_truncated_purchases"),
    ]

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {guard}" for table, guard in guards]
        on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}" for table, guard in guards]
        flush(self, [*off, *sql_list, *on])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        yield


@pytest.fixture
def northside(db: None) -> Org:
    return make_org(name="Northside Pilates")


@pytest.fixture
def southside(db: None) -> Org:
    return make_org(name="Southside Yoga")


@pytest.fixture
def olivia(northside: Org) -> User:
    return make_user(username="olivia", org=northside, role="owner")


@pytest.fixture
def mia(northside: Org) -> User:
    return make_user(username="mia", org=northside, role="staff")


@pytest.fixture
def ada(northside: Org) -> User:
    return make_user(username="ada", org=northside, role="accountant_readonly")


@pytest.fixture
def otto(southside: Org) -> User:
    return make_user(username="otto", org=southside, role="owner")


@pytest.fixture
def nora(db: None) -> User:
    return make_user(username="nora")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def desk(mia: User, signed_in: Callable[[User], Client]) -> Client:
    """The browser at the front desk of Northside."""
    return signed_in(mia)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time, which stands still: midnight can't come between two lines of a test."""
    moment = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment
