"""The cast. Northside Pilates has Olivia, who owns it, Mia at the desk and Ada the accountant.
Otto owns Southside Yoga and is a stranger here, and so is Sara, its accountant. Nora has an account
and no membership."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client, override_settings
from django.utils import timezone
from psycopg.pq import TransactionStatus
from pytest_django import DjangoDbBlocker

from purchases.models import Org
from studio.models import User
from tests.factories import make_org, make_user
from tests.ledger import broken_invariants
from tests.processes import manage

SignIn = Callable[[User], Client]
TESTS = Path(__file__).parent
BROWSER = TESTS / "browser"
# Most of their tests take more than five seconds.
SLOW = {
    TESTS / "attach",
    TESTS / "outages",
    TESTS / "cancelled_class" / "test_killed.py",
    TESTS / "roles" / "test_server.py",
    TESTS / "test_serve.py",
}

# A test that ends within a statement that failed leaves nothing behind to look at.
ABORTED = TransactionStatus.INERROR


def pytest_configure() -> None:
    """A connection that a thread of the live server kept open would keep the test database."""
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        use_own_cluster(worker)


def use_own_cluster(worker: str) -> None:
    """Give each process of `pytest -n` a PostgreSQL of its own, because roles belong to the whole
    cluster and tests create and change them."""
    if settings.DATABASE_URL:
        raise pytest.UsageError(
            "pytest -n needs the embedded PostgreSQL: unset DATABASE_URL, or run without -n."
        )
    settings.DATA_DIR = settings.DATA_DIR / f"pytest-{worker}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below tests/browser with `browser`, and those that start sites or servers
    with `slow`."""
    for item in items:
        folders_and_file = {item.path, *item.path.parents}
        if BROWSER in folders_and_file:
            item.add_marker(pytest.mark.browser)
        elif SLOW & folders_and_file:
            item.add_marker(pytest.mark.slow)


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
        ("expiry_events", "refuse_to_forget"),
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


@pytest.fixture(autouse=True)
def the_ledger_adds_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test with a database the invariants hold, unless breaking them was its point."""
    helper = "_django_db_helper"
    has_database = helper in request.fixturenames or request.node.get_closest_marker("django_db")
    if has_database:
        # Set up before this fixture, the database is still there when this one ends.
        request.getfixturevalue(helper)
    yield
    if not has_database or request.node.get_closest_marker("breaks_the_ledger"):
        return
    if connection.connection and connection.connection.info.transaction_status == ABORTED:
        return
    assert broken_invariants() == []


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
def sara(southside: Org) -> User:
    return make_user(username="sara", org=southside, role="accountant_readonly")


@pytest.fixture
def nora(db: None) -> User:
    return make_user(username="nora")


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def desk(mia: User, signed_in: SignIn) -> Client:
    """The browser at the front desk of Northside."""
    return signed_in(mia)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time, which stands still: midnight can't come between two lines of a test."""
    moment = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the site on."""

    def move(by: timedelta) -> None:
        moment = timezone.now() + by
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return move


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the static files are, as pages need them outside of tests."""
    data_dir = tmp_path_factory.mktemp("site")
    done = manage("collectstatic", "--no-input", SECRET_KEY="x" * 50, STUDIO_DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    return data_dir


@pytest.fixture(scope="session")
def login(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """How to connect to the test database."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        info = connection.connection.info
        return {
            "host": info.host,
            "port": str(info.port),
            "user": info.user,
            "password": info.password,
            "dbname": info.dbname,
        }
