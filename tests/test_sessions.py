"""One query loads the session with its user, acting member, policy and allowances.

All checks of Django's session authentication still apply.
"""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from psycopg.conninfo import make_conninfo
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org
from purchases.session_keys import stored_key
from studio.accounts.authentication import _signed_in as signed_in_user
from studio.accounts.session import end_sessions_of, valid_session
from studio.accounts.session_store import SessionStore
from studio.models import Allowance, Membership, Policy, Session, User
from tests.database import another_connection, migrate, rows, value
from tests.factories import PASSWORD, make_user
from tests.pages import words_on
from tests.shared_desk.people import current_member_name, give_pin, take_over

DESK = reverse("purchases:purchase_list")
WHO = reverse("at_desk")


def is_signed_in(browser: Client) -> bool:
    return browser.get(DESK).status_code == 200


def configure_shared_desk(org: Org, mia: User, noah: User, desk: Client) -> None:
    Policy.objects.create(org=org, time_zone="Australia/Sydney")
    Allowance.objects.create(org=org, reason="", sessions=1, days=30)
    for user in (mia, noah):
        give_pin(user)
    take_over(desk, noah)


@pytest.mark.parametrize("shared", [False, True])
def test_the_session_is_loaded_by_one_query(
    northside: Org,
    mia: User,
    desk: Client,
    shared: bool,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    if shared:
        configure_shared_desk(northside, mia, make_user(username="noah", org=northside), desk)
    with django_assert_num_queries(1):
        assert desk.post(DESK).status_code == 405


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.set_password("another-long-password"),
        lambda user: setattr(user, "is_active", False),
    ],
    ids=["another password", "inactive"],
)
def test_a_changed_password_or_inactive_account_ends_the_session(
    mia: User, desk: Client, change: Callable[[User], None]
) -> None:
    assert is_signed_in(desk)
    change(mia)
    mia.save()
    assert not is_signed_in(desk)


def test_deleting_a_user_ends_the_session_without_deleting_its_row(mia: User, desk: Client) -> None:
    mia.membership.delete()
    mia.delete()
    assert Session.objects.exists()
    assert not is_signed_in(desk)


def test_a_deleted_acting_member_locks_the_desk(northside: Org, mia: User, desk: Client) -> None:
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_pin(user)
    take_over(desk, noah)
    assert current_member_name(desk) == "Noah"

    noah.membership.delete()

    assert desk.get(DESK)["Location"].startswith(WHO)
    take_over(desk, mia)
    assert current_member_name(desk) == "Mia"


def test_an_expired_session_is_signed_out(desk: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_signed_in(desk)


def test_changing_the_columns_of_a_session_does_not_change_its_user(
    northside: Org, mia: User, olivia: User, desk: Client
) -> None:
    """Only the signed data of the session counts, not the columns beside it."""
    Session.objects.update(user=olivia.pk)
    assert desk.get(DESK)["Location"] == reverse("own_studios")
    Session.objects.update(user=olivia.pk, membership=olivia.membership.pk)
    assert desk.get(DESK)["Location"] == reverse("own_studios")
    Session.objects.update(user=mia.pk, membership=mia.membership.pk, acting=olivia.membership.pk)
    assert current_member_name(desk) == "Mia"


def test_a_session_survives_a_change_of_the_secret_key(mia: User, desk: Client) -> None:
    before = settings.SECRET_KEY
    with override_settings(SECRET_KEY="the-next-" + before, SECRET_KEY_FALLBACKS=[before]):
        assert "At the desk: Mia" in words_on(desk.get(DESK))
    with override_settings(SECRET_KEY="the-next-" + before):
        assert is_signed_in(desk)
        assert Session.objects.get().user_id == mia.pk


def test_a_session_that_another_request_ended_gets_no_new_key(mia: User, desk: Client) -> None:
    store = SessionStore(desk.session.session_key)
    assert store.valid_session
    end_sessions_of(mia)

    with pytest.raises(SessionInterrupted):
        store.cycle_key()

    assert not Session.objects.exists()


def test_concurrent_requests_after_a_change_of_the_secret_key_leave_one_session(
    mia: User, desk: Client
) -> None:
    stale = SessionStore(desk.session.session_key)
    assert stale.valid_session
    request = HttpRequest()
    request.session = stale
    before = settings.SECRET_KEY
    with override_settings(SECRET_KEY="the-next-" + before, SECRET_KEY_FALLBACKS=[before]):
        assert is_signed_in(desk)
        assert signed_in_user(request).is_anonymous
    assert Session.objects.count() == 1


def test_signing_in_deletes_expired_sessions(mia: User, olivia: User, desk: Client) -> None:
    assert is_signed_in(desk)
    Session.objects.update(expire_date=F("expire_date") - timedelta(days=30))

    Client().post(reverse("login"), {"username": "olivia", "password": PASSWORD})

    assert [session.user_id for session in Session.objects.all()] == [olivia.pk]


def test_an_org_without_policy_or_allowances_takes_no_extra_query(
    mia: User, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    key = desk.cookies[settings.SESSION_COOKIE_NAME].value

    with django_assert_num_queries(1):
        loaded = valid_session(key)
        assert loaded is not None
        assert loaded.allowances == {}
        session = loaded.session
        assert session.user is not None
        member: Membership = session.user.membership
        assert member.policy is None
        assert member.user is session.user
        assert session.acting is None


@pytest.mark.parametrize("created_at", ["infinity", "-infinity", "290000-01-01", "0500-01-01 BC"])
def test_an_org_created_at_a_time_beyond_python_is_served(desk: Client, created_at: str) -> None:
    """Another program may write such a time, because the table is shared."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs SET created_at = %s::text::timestamptz", [created_at])
    assert is_signed_in(desk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["studio_session", "studio_allowance", "orgs"])
def test_adding_a_column_does_not_end_a_session(
    northside: Org, mia: User, desk: Client, login: dict[str, str], table: str
) -> None:
    """This includes statements already prepared on a persistent connection."""
    Allowance.objects.create(org=northside, reason="", sessions=1, days=30)
    key = desk.cookies[settings.SESSION_COOKIE_NAME].value

    def allowed() -> int:
        loaded = valid_session(key)
        assert loaded is not None
        assert loaded.session.user == mia
        return loaded.allowances[""].sessions

    assert {allowed() for _ in range(10)} == {1}
    with psycopg.connect(make_conninfo(**login), autocommit=True) as upgrade:
        upgrade.execute(f"ALTER TABLE {table} ADD COLUMN added text")
        try:
            assert allowed() == 1
        finally:
            upgrade.execute(f"ALTER TABLE {table} DROP COLUMN added")


@pytest.mark.parametrize("page", [DESK, reverse("login")])
@pytest.mark.parametrize(
    "key", ["abcdefgh\\000", "x" * 10_000, "\\377" * 8], ids=["NUL", "long", "byte"]
)
def test_a_malformed_session_cookie_is_anonymous(db: None, page: str, key: str) -> None:
    """A quoted cookie may contain octal escapes."""
    cookie = f'{settings.SESSION_COOKIE_NAME}="{key}"'
    answer = Client().get(page, headers={"Cookie": cookie})
    assert answer.status_code == (302 if page == DESK else 200)


# --- The stored key -------------------------------------------------------------------------------


def cookie_of(browser: Client) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def with_cookie(key: str) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def test_a_key_from_the_database_signs_no_one_in(desk: Client) -> None:
    (stored,) = Session.objects.values_list("pk", flat=True)

    assert not is_signed_in(with_cookie(stored))
    assert is_signed_in(with_cookie(cookie_of(desk))), "the key of the cookie does"


def test_no_table_contains_the_key_of_a_cookie(mia: User, desk: Client) -> None:
    give_pin(mia)
    take_over(desk, mia)
    desk.get(reverse("own_sessions"))
    key = cookie_of(desk)
    tables = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname='public'")]
    having = "SELECT count(*) FROM public.{} AS line WHERE position(%s IN line::text) > 0"

    def tables_with(text: str) -> list[str]:
        return [table for table in tables if value(having.format(table), text)]

    assert tables_with(stored_key(key)) == ["studio_session"]
    assert tables_with(key) == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_to_hashes_signs_no_one_out(desk: Client) -> None:
    insert = (
        "INSERT INTO studio_session (session_key, session_data, expire_date, user_id)"
        " VALUES (%s, %s, %s, %s)"
    )
    kept = Session.objects.values_list("session_data", "expire_date", "user_id").get()
    try:
        migrate("studio", "0009")
        assert not Session.objects.exists(), "a key cannot be computed from its hash"
        rows(insert, cookie_of(desk), *kept)
    finally:
        migrate()

    assert is_signed_in(desk)


@pytest.mark.django_db(transaction=True)
def test_a_broken_database_connection_is_replaced(desk: Client) -> None:
    assert is_signed_in(desk)
    backend_pid = value("SELECT pg_backend_pid()")
    with another_connection() as another:
        another.execute("SELECT pg_terminate_backend(%s, 10000)", [backend_pid])

    assert is_signed_in(desk)
    assert value("SELECT pg_backend_pid()") != backend_pid
