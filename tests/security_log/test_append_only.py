"""The security log only grows, a failed insert fails no request, and only owners see it."""

import re
from datetime import timedelta

import pytest
import pytest_django
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts import security_log
from studio.models import SecurityEvent, User
from tests.conftest import SignIn
from tests.database import another_connection, rows, value
from tests.factories import PASSWORD, make_purchase
from tests.pages import LIST
from tests.processes import ROOT
from tests.security_log.log import Event, Kind, Lines, events

LOG = reverse("admin:studio_securityevent_changelist")
DECISION = ROOT / "docs" / "decisions" / "security-log.md"
ENABLED_ALWAYS = """
    SELECT tgenabled = 'A' FROM pg_trigger
    WHERE tgrelid = 'studio_security_event'::regclass AND tgname = 'forbid_change'
"""


def sign_in(username: str = "mia", password: str = PASSWORD) -> Client:
    browser = Client()
    browser.post(reverse("login"), {"username": username, "password": password})
    return browser


# --- Rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE studio_security_event SET address = ''",
        "DELETE FROM studio_security_event",
        "TRUNCATE studio_security_event",
    ],
)
def test_no_row_changes_or_goes_for_the_owner_of_the_table_either(
    mia: User, statement: str
) -> None:
    sign_in()
    rows("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError, match="the table is append-only"), transaction.atomic():
        rows(statement)
    assert len(events()) == 1


def test_the_documented_statements_delete_old_rows_only(mia: User) -> None:
    sign_in()
    (block,) = re.findall(r"```sql\nBEGIN;\n(.*?)COMMIT;\n```", DECISION.read_text(), re.S)
    old = "INSERT INTO studio_security_event (kind, occurred_at, door, address, unknown_name,"
    old += " detail, log_id) VALUES ('signed_in', now() - interval '25 months', '', '', '', '', '')"
    rows(old)
    for statement in block.strip().split("\n"):
        rows(statement)

    assert [event.account for event in events()] == ["mia"]
    assert value(ENABLED_ALWAYS)


def test_a_kind_is_a_code(db: None) -> None:
    insert = "INSERT INTO studio_security_event (kind, door, address, unknown_name, detail, log_id)"
    with pytest.raises(IntegrityError, match="security_event_kind_is_a_code"), transaction.atomic():
        rows(f"{insert} VALUES ('Ana Ruiz', '', '', '', '', '')")


@pytest.mark.django_db(transaction=True)
def test_the_event_of_a_refused_request_is_committed(
    otto: User, northside: Org, signed_in: SignIn
) -> None:
    """The admin's form runs in a transaction, which the refusal rolls back."""
    browser = signed_in(otto)
    url = reverse("admin:purchases_client_change", args=[make_purchase(org=northside).client_id])
    assert browser.post(url, {"full_name": "Mine"}).status_code == 404
    with another_connection() as other:
        (kind,) = other.execute("SELECT kind FROM studio_security_event").fetchone() or ("",)
    assert kind == "not_found"


def test_a_change_that_rolls_back_has_no_event(mia: User) -> None:
    with transaction.atomic():
        security_log.record(Kind.ROLE_CHANGED, account_id=mia.pk)
        transaction.set_rollback(True)
    assert events() == []


# --- A log that cannot be written -----------------------------------------------------------------


def test_a_failed_insert_does_not_fail_the_request(
    mia: User, monkeypatch: pytest.MonkeyPatch, site_log: Lines
) -> None:
    monkeypatch.setattr(security_log, "INSERT", "SELECT no_such_column")
    assert sign_in().get(LIST).status_code == 200
    assert sign_in(password="wrong").get(LIST).status_code == 302

    assert events() == []
    written = site_log.of("studio.security")
    failed = "ERROR studio.security: the security log could not be written: UndefinedColumn (42703)"
    assert sum(line.startswith(failed) for line in written) == 2
    assert any(line.startswith("INFO studio.security: signed_in [") for line in written)
    assert any(line.startswith("WARNING studio.security: sign_in_failed [") for line in written)


# --- Who sees it ----------------------------------------------------------------------------------


def listed(browser: Client, **query: str) -> list[tuple[str, str | None]]:
    """Return the kind and the account of the events on the page."""
    page = browser.get(LOG, query)
    assert page.status_code == 200
    shown = page.context["cl"].result_list
    return [(event.kind, event.account and event.account.username) for event in shown]


@pytest.fixture
def logged(mia: User, olivia: User, otto: User) -> None:
    sign_in("mia")
    sign_in("otto", "wrong")
    sign_in("unknown", "wrong")
    sign_in("olivia")


@pytest.mark.usefixtures("logged")
def test_an_owner_sees_the_events_of_the_org_and_filters_them(
    olivia: User, otto: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    assert listed(owner) == [("signed_in", "olivia"), ("signed_in", "mia")]
    assert listed(owner, q="mia") == [("signed_in", "mia")]
    assert listed(owner, kind__exact="wrong_pin") == []
    assert "127.0.0.1" in owner.get(LOG).text
    assert listed(signed_in(otto)) == [("sign_in_failed", "otto")]
    assert owner.get(LOG, {"account__password__startswith": "md5"}).status_code == 400


@pytest.mark.usefixtures("logged")
def test_a_superuser_sees_every_event_and_unknown_names(signed_in: SignIn) -> None:
    superuser = signed_in(User.objects.create_superuser("sue"))
    assert [account for _, account in listed(superuser)] == ["olivia", None, "otto", "mia"]
    assert "unknown name" in superuser.get(LOG).text


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("name", ["mia", "ada"])
def test_staff_and_accountants_do_not_see_the_log(ada: User, signed_in: SignIn, name: str) -> None:
    browser = signed_in(User.objects.get(username=name))
    event = SecurityEvent.objects.filter(account__username="olivia").get()
    for url in (LOG, f"{LOG}{event.pk}/change/", f"{LOG}{event.pk}/history/"):
        assert browser.get(url).status_code == 403
    assert "Security log" not in browser.get("/admin/").text


@pytest.mark.usefixtures("logged")
def test_nobody_changes_the_log_in_the_admin(olivia: User, otto: User, signed_in: SignIn) -> None:
    event = SecurityEvent.objects.filter(account=olivia).get()
    page = f"{LOG}{event.pk}/"
    for person in (olivia, User.objects.create_superuser("sue")):
        browser = signed_in(person)
        assert browser.get(f"{page}change/").status_code == 200
        assert browser.get(f"{LOG}add/").status_code == 403
        assert browser.post(f"{page}change/", {"kind": "locked"}).status_code == 403
        assert browser.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert signed_in(otto).get(f"{page}change/").status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_number_of_events(
    mia: User,
    olivia: User,
    signed_in: SignIn,
    django_assert_num_queries: pytest_django.DjangoAssertNumQueries,
) -> None:
    for _ in range(20):
        security_log.record(Kind.SIGNED_IN, account_id=mia.pk, actor_id=mia.pk)
    owner = signed_in(olivia)
    with django_assert_num_queries(3):
        # 1. the session with its users 2. the number of events 3. the events with both accounts
        assert len(owner.get(LOG).context["cl"].result_list) == 20


def test_an_event_without_a_request_is_stored(mia: User) -> None:
    security_log.record(Kind.PIN_SET, account_id=mia.pk)
    assert events() == [Event("pin_set", "mia", None, "")]
    assert SecurityEvent.objects.get().occurred_at - mia.date_joined < timedelta(minutes=1)
