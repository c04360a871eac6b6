"""The loggers `studio.desk` and `studio.database` write what was refused and what failed."""

from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import Error, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from purchases import operations
from purchases.models import Org, Purchase
from studio.accounts.session_store import SessionStore
from studio.database.errors import describe
from studio.database.postgresql.replication import Unconfirmed
from studio.models import User
from studio.whole_requests import BYTES_BEFORE_SIGN_IN, limit_of
from tests.acts.acts import post_act
from tests.cancelled_class.pages import list_url, paste_names
from tests.conftest import SignIn
from tests.database import another_connection, rows
from tests.factories import make_purchase
from tests.pages import LIST, post_action
from tests.security_log.log import Lines


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, used=0)


# --- The desk -------------------------------------------------------------------------------------


def test_a_refusal_is_logged_with_its_code_and_its_ids(
    desk: Client, mia: User, pack: Purchase, site_log: Lines
) -> None:
    post_action(desk, "reinstate", pack, note="Ana was ill")
    (line,) = site_log.of("studio.desk")
    text, _, ids = line.partition(" [")
    assert text == f"INFO studio.desk: reinstate of purchase {pack.pk} was refused: nothing_used"
    assert ids.endswith(f" org={pack.org_id} member={mia.pk}]")


@pytest.mark.breaks_the_ledger
def test_a_wrong_count_is_a_warning(desk: Client, northside: Org, site_log: Lines) -> None:
    broken = make_purchase(org=northside, total=10, used=12)
    post_action(desk, "reinstate", broken)
    (line,) = site_log.of("studio.desk")
    assert line.startswith("WARNING ")
    assert "was refused: count_is_off [" in line


def test_a_repeated_and_a_reused_request_are_logged(
    desk: Client, pack: Purchase, site_log: Lines
) -> None:
    request_id = str(uuid4())
    for action in ("use", "use", "reinstate"):
        post_action(desk, action, pack, request_id=request_id)
    heads = [line.partition(" [")[0] for line in site_log.of("studio.desk")]
    assert heads == [
        f"INFO studio.desk: use of purchase {pack.pk} arrived again",
        f"WARNING studio.desk: reinstate of purchase {pack.pk} was refused: used_before",
    ]


def test_refusals_of_an_act_and_of_the_admin_are_logged(
    olivia: User, pack: Purchase, signed_in: SignIn, site_log: Lines
) -> None:
    owner = signed_in(olivia)
    post_act(owner, "correct_used", pack, adjust_by=-1, note="Ana")
    chosen = {"action": "reinstate", "_selected_action": [pack.pk], "request_id": str(uuid4())}
    owner.post("/admin/purchases/purchase/", chosen)
    heads = [line.partition(" [")[0] for line in site_log.of("studio.desk")]
    assert heads == [
        f"INFO studio.desk: correct_used of purchase {pack.pk} was refused: below_zero",
        f"INFO studio.desk: reinstate of purchase {pack.pk} was refused: nothing_used",
    ]


def test_a_list_that_was_sent_before_is_logged(
    desk: Client, pack: Purchase, site_log: Lines
) -> None:
    url = list_url(paste_names(desk, "ana ruiz"))
    for reason in ("other", "class_cancelled"):
        desk.post(url, {"purchase": [pack.pk], "reason": reason})
    assert any("was refused: sent_before [" in line for line in site_log.of("studio.desk"))


def test_an_outcome_that_is_not_known_is_logged(
    desk: Client, pack: Purchase, monkeypatch: pytest.MonkeyPatch, site_log: Lines
) -> None:
    def fail(**_: object) -> None:
        raise OperationalError from psycopg.errors.AdminShutdown

    monkeypatch.setattr(operations, "use", fail)
    desk.raise_request_exception = False
    assert post_action(desk, "use", pack).status_code == 503
    path = reverse("purchases:use", args=[pack.pk])
    assert site_log.of("studio.desk")[0].startswith(
        f"WARNING studio.desk: the outcome of {path} is not known, and the person may repeat it ["
    )
    assert site_log.of("studio.database")[0].startswith(
        "ERROR studio.database: a request failed: the server is stopping or starting (57P01) ["
    )


# --- The database ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (psycopg.errors.ReadOnlySqlTransaction, "the database is read-only (25006)"),
        (psycopg.errors.DiskFull, "the disk is full (53100)"),
        (psycopg.errors.TooManyConnections, "there are too many connections (53300)"),
        (psycopg.errors.OutOfMemory, "the server lacks a resource (53200)"),
        (psycopg.errors.LockNotAvailable, "another transaction holds the lock (55P03)"),
        (psycopg.errors.QueryCanceled, "the statement took too long (57014)"),
        (psycopg.errors.AdminShutdown, "the server is stopping or starting (57P01)"),
        (psycopg.errors.DeadlockDetected, "the transaction has to be repeated (40P01)"),
        (psycopg.errors.InsufficientPrivilege, "the role lacks a right: run setup_roles (42501)"),
        (
            psycopg.errors.UndefinedFunction,
            "a function or a trigger of the database was replaced: python manage.py repair (42883)",
        ),
        (psycopg.errors.ConnectionFailure, "the connection was lost (08006)"),
        (psycopg.errors.CheckViolation, "CheckViolation (23514)"),
        (psycopg.OperationalError, "the connection was lost"),
        (Unconfirmed, "no standby confirmed the commit"),
        (psycopg.InterfaceError, "the connection was lost"),
    ],
)
def test_an_error_is_described_without_its_message(cause: type[psycopg.Error], text: str) -> None:
    error = Error("Ana Ruiz")
    error.__cause__ = cause("Key (email)=(ana@example.com) already exists")
    assert describe(error) == text
    assert describe(error.__cause__) == text


def test_a_read_only_database_is_logged(desk: Client, pack: Purchase, site_log: Lines) -> None:
    desk.raise_request_exception = False
    with transaction.atomic():
        rows("SET TRANSACTION READ ONLY")
        assert post_action(desk, "use", pack).status_code == 503
        transaction.set_rollback(True)
    assert any(
        line.startswith(
            "ERROR studio.database: a request failed: the database is read-only (25006)"
        )
        for line in site_log.of("studio.database")
    )


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_logged_and_replaced(desk: Client, site_log: Lines) -> None:
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with another_connection() as other:
        other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
    assert desk.get(LIST).status_code == 200
    assert site_log.of("studio.database")[0].startswith(
        "WARNING studio.database: connecting again: the server is stopping or starting (57P01)"
    )


def test_a_long_request_without_a_database_is_logged(
    monkeypatch: pytest.MonkeyPatch, site_log: Lines
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError from psycopg.OperationalError

    monkeypatch.setattr(SessionStore, "load", fail)
    assert limit_of(f"{settings.SESSION_COOKIE_NAME}={'x' * 32}") == BYTES_BEFORE_SIGN_IN
    assert site_log.of("studio.database") == [
        "WARNING studio.database: a long request was refused: the connection was lost"
    ]


def test_a_busy_purchase_of_a_list_is_logged(
    desk: Client, pack: Purchase, monkeypatch: pytest.MonkeyPatch, site_log: Lines
) -> None:
    def fail(**_: object) -> None:
        raise OperationalError from psycopg.errors.LockNotAvailable

    url = list_url(paste_names(desk, "ana ruiz"))
    monkeypatch.setattr(operations, "reinstate", fail)
    desk.post(url, {"purchase": [pack.pk], "reason": "other"})
    (line,) = site_log.of("studio.database")
    assert "an item of a cancelled class is busy (55P03), and is tried again [" in line
