"""Fixtures: the users and studios that all tests share.

Northside Pilates has Olivia (owner), Mia (staff) and Ada (accountant). Southside Yoga is another
tenant: its owner Otto and its accountant Sara may see nothing of Northside. Nora has an account
without a membership.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from studio.accounts import limits
from studio.accounts.limits import Limit
from studio.models import User
from tests.factories import keep_signed_in, make_org, make_user
from tests.ledger import broken_invariants
from tests.processes import manage
from tests.schema_watch import SchemaWatch
from tests.security_log.log import Lines
from tests.times import set_clock

SignIn = Callable[[User], Client]
TESTS = Path(__file__).parent
BROWSER = TESTS / "browser"
# Most of their tests take more than five seconds.
SLOW = {
    TESTS / "attach",
    TESTS / "outages",
    TESTS / "cancelled_class" / "test_killed.py",
    TESTS / "roles" / "test_server.py",
    TESTS / "test_embedded_faults.py",
    TESTS / "test_serve.py",
}

# The state of a transaction after a statement failed: it accepts no further query.
ABORTED = TransactionStatus.INERROR


def pytest_configure() -> None:
    """Close connections after each request.

    A connection kept open by a thread of the live server would block dropping the test database.
    """
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
def fast_settings() -> Iterator[None]:
    """Hash passwords with a fast algorithm and serve static files without collectstatic."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        },
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def allow_flush_of_the_ledger() -> Iterator[None]:
    """Disable the triggers of the append-only ledger while Django flushes the test database."""
    flush = DatabaseOperations.execute_sql_flush
    guards = [
        ("session_events", "forbid_change"),
        ("expiry_events", "forbid_change"),
        ("purchase_events", "forbid_change"),
        ("offer_events", "forbid_change"),
        ("session_requests", "forbid_change"),
        ("client_events", "forbid_change"),
        ("client_requests", "forbid_change"),
        ("seals", "forbid_change"),
        ("seal_leaves", "forbid_change"),
        ("seal_salts", "forbid_change"),
        ("studio_security_event", "forbid_change"),
        ("client_purchases", "record_truncated_purchases"),
        ("clients", "record_truncated_clients"),
    ]

    def unguarded(self: DatabaseOperations, sql_list: list[str]) -> None:
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {guard}" for table, guard in guards]
        on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}" for table, guard in guards]
        flush(self, [*off, *sql_list, *on])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", unguarded)
        yield


HELPER = "_django_db_helper"


def has_database(request: pytest.FixtureRequest) -> bool:
    return HELPER in request.fixturenames or bool(request.node.get_closest_marker("django_db"))


def is_transactional(request: pytest.FixtureRequest) -> bool:
    """Return whether the test commits, so that the next test sees what it leaves behind."""
    marker = request.node.get_closest_marker("django_db")
    return "transactional_db" in request.fixturenames or bool(
        marker and marker.kwargs.get("transaction")
    )


@pytest.fixture(scope="session")
def schema_watch(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> SchemaWatch:
    with django_db_blocker.unblock():
        return SchemaWatch()


@pytest.fixture(autouse=True)
def check_schema(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check after every test that commits that it has left the schema as it was."""
    if not is_transactional(request):
        yield
        return
    request.getfixturevalue(HELPER)
    watch: SchemaWatch = request.getfixturevalue("schema_watch")
    yield
    assert watch.changes() == set()


@pytest.fixture(autouse=True)
def check_invariants(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check the ledger's invariants after every test that uses the database.

    Tests marked `breaks_the_ledger` are exempt.
    """
    uses_database = has_database(request)
    if uses_database:
        # Set up the database first, so that it still exists when this fixture ends.
        request.getfixturevalue(HELPER)
    yield
    if not uses_database or request.node.get_closest_marker("breaks_the_ledger"):
        return
    if connection.connection and connection.connection.info.transaction_status == ABORTED:
        return
    assert broken_invariants() == []


@pytest.fixture(autouse=True)
def site_limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Let tests make wrong tries faster than a person, and return the limit that stops that."""
    limit = limits.SITE
    monkeypatch.setattr(limits, "SITE", replace(limit, tries=1_000))
    return limit


@pytest.fixture
def site_log() -> Iterator[Lines]:
    """Collect the lines that the site writes to its log, as they are written."""
    handler, logger = Lines(), logging.getLogger("studio")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


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
    """Return a browser in which Mia, staff of Northside, is signed in."""
    return signed_in(mia)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Freeze the clock, so that no test runs across midnight."""
    frozen = timezone.now()
    set_clock(monkeypatch, lambda: frozen)
    return frozen


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Return a function that moves the clock forward. People stay signed in."""

    def move(by: timedelta) -> None:
        moved = timezone.now() + by
        keep_signed_in(moved)
        set_clock(monkeypatch, lambda: moved)

    return move


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run collectstatic once and return the data directory that has the static files."""
    data_dir = tmp_path_factory.mktemp("site")
    done = manage("collectstatic", "--no-input", SECRET_KEY="x" * 50, STUDIO_DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    return data_dir


@pytest.fixture(scope="session")
def login(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Return the connection parameters of the test database."""
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
