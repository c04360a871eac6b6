"""Row level security: `studio_app` sees the rows of one studio, by a query without a filter too."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test import Client
from django.urls import reverse

from purchases import live_updates, operations, org_scope
from purchases.models import MergedClient, Org, Purchase, SessionRequest
from purchases.operations.commands import AddClient, ClientValues
from studio.database import grants
from studio.database.grants import row_security
from studio.models import FinishedStep, SecurityEvent, User
from studio.owner_pages.first_steps import finish_step
from tests.acts.acts import post_act
from tests.cancelled_class.pages import list_url, paste_names
from tests.conftest import SignIn
from tests.database import acting_as, make_role, rows, see, value
from tests.factories import PASSWORD, make_client, make_purchase, make_user
from tests.imports.planned import make_draft
from tests.pages import LIST, post_action, rows_on

NAMES = sorted(row_security.CONDITIONS)
SHARED = ["client_purchases", "clients", "offers"]
REFUSED = "new row violates row-level security policy"


def orgs_seen() -> str:
    found: str = value("SELECT current_setting('studio.org_ids', true)")
    return found


def count(table: str) -> int:
    found: int = value(f"SELECT count(*) FROM {table}")
    return found


@pytest.fixture
def packs(northside: Org, southside: Org, signed_in: SignIn, studio_roles: None) -> list[Purchase]:
    """A pack of each studio."""
    made = []
    for org in (northside, southside):
        browser = signed_in(make_user(username=f"owner of {org.slug}", org=org, role="owner"))
        pack = make_purchase(org=org, client=make_client(org=org, name="Zoe Ray"), total=10, used=3)
        post_action(browser, "use", pack)
        post_act(browser, "correct_total", pack, adjust_by="2", note="a gift")
        rows("UPDATE client_purchases SET expires_at = now() WHERE id = %s", pack.pk)
        rows("UPDATE client_purchases SET expires_at = NULL WHERE id = %s", pack.pk)
        page = paste_names(browser, "zoe ray")
        browser.post(list_url(page), {"purchase": [pack.pk], "reason": "other"}, follow=True)
        made.append(pack)
        log_in_again = Client()
        log_in_again.post(
            reverse("login"), {"username": f"owner of {org.slug}", "password": PASSWORD}
        )
    # All requests of a test have one transaction, in which a policy shows them.
    rows("ALTER TABLE session_requests DISABLE TRIGGER forbid_change")
    rows("UPDATE session_requests SET claimed_xact_id = '3'")
    rows("ALTER TABLE session_requests ENABLE ALWAYS TRIGGER forbid_change")
    rows("""
        WITH seal AS (
            INSERT INTO seals (org_id, number, day, lines, events, digest, hash, ends_at,
                sealed_at, xact_id, snapshot)
            SELECT id, 1, '2026-01-01', 1, 1, sha256(''), sha256(''), '2026-01-02', now(),
                pg_current_xact_id(), pg_current_snapshot()
            FROM orgs
            RETURNING id, org_id
        )
        INSERT INTO seal_leaves (ledger, row_id, seal_id, leaf)
        SELECT 'session_events', min(event.id)::text, seal.id, sha256('')
        FROM seal JOIN session_events AS event USING (org_id) GROUP BY seal.id
    """)
    return made


@pytest.fixture
def every_table(packs: list[Purchase], northside: Org, southside: Org) -> None:
    for org in (northside, southside):
        add_further_rows(User.objects.get(username=f"owner of {org.slug}"), org)


def add_further_rows(owner: User, org: Org) -> None:
    """Add a client and a merged record, a draft of an import, and a first step that is done."""
    values = ClientValues("Willa Park")
    command = AddClient(request_id=uuid4(), values=values)
    kept = operations.add_client(member=owner.membership, command=command)
    MergedClient.objects.create(client=make_client(org=org, name="Will Park"), kept_client=kept)
    make_draft(owner, "plain.ods")
    finish_step(org.pk, FinishedStep.Step.COPY)


# --- Every table ----------------------------------------------------------------------------------


def test_every_table_has_a_policy_or_a_reason(db: None) -> None:
    """A new table with rows of a studio cannot be forgotten."""
    readable = {name for name, table in grants.TABLES.items() if table.app}
    assert readable == row_security.CONDITIONS.keys() | row_security.WITHOUT_POLICY.keys()
    assert not row_security.CONDITIONS.keys() & row_security.WITHOUT_POLICY.keys()
    with_org = {
        name
        for (name,) in rows("""
        SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attname = 'org_id'
    """)
    }
    accounts = {"studio_membership", "studio_policy", "studio_allowance"}
    assert with_org & readable - row_security.CONDITIONS.keys() == accounts | {"import_rows"}


def test_every_table_has_row_level_security(studio_roles: None) -> None:
    query = """
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
    """
    assert [name for (name,) in rows(f"{query} ORDER BY 1")] == NAMES
    assert grants.differences(connection) == []
    assert grants.set_up(connection) is False


def test_a_query_without_a_filter_sees_one_studio(
    every_table: None, northside: Org, southside: Org
) -> None:
    for table in NAMES:
        total = count(table)
        seen = []
        for orgs in ([northside], [southside], [northside, southside], []):
            with acting_as(grants.APP):
                see(*orgs)
                seen.append(count(table))
        north, south, both, none = seen
        assert north > 0, table
        assert south > 0, table
        assert none == 0, table
        assert both == north + south == total, table


def test_without_its_policies_a_query_sees_every_studio(every_table: None, northside: Org) -> None:
    """Negative control."""
    for table in NAMES:
        rows(f'DROP POLICY "{row_security.POLICY}" ON {table}')
    for table in NAMES:
        total = count(table)
        with acting_as(grants.APP):
            see(northside)
            assert count(table) == total > 1, table


def test_a_new_connection_sees_no_row(packs: list[Purchase]) -> None:
    rows("RESET studio.org_ids")
    with acting_as(grants.APP):
        assert count("client_purchases") == 0


def test_an_injected_query_shows_one_studio(packs: list[Purchase], northside: Org) -> None:
    words = "x' UNION SELECT full_name || org_id FROM clients --"
    with acting_as(grants.APP):
        see(northside)
        found = rows(f"SELECT full_name FROM clients WHERE full_name = '{words}'")
    assert found == [(f"Zoe Ray{northside.pk}",)]


def test_a_row_of_another_studio_is_not_changed(
    packs: list[Purchase], northside: Org, southside: Org
) -> None:
    with acting_as(grants.APP):
        see(northside)
        rename = "UPDATE clients SET full_name = 'X' WHERE org_id = %s RETURNING id"
        assert rows(rename, southside.pk) == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO clients (org_id, full_name) VALUES (%s, 'X')",
        "UPDATE offers SET org_id = %s",
    ],
)
def test_a_row_of_another_studio_is_not_written(
    packs: list[Purchase], northside: Org, southside: Org, statement: str
) -> None:
    see(northside)
    with pytest.raises(ProgrammingError, match=REFUSED), acting_as(grants.APP):
        rows(statement, southside.pk)


def test_history_follows_a_purchase_that_moves(
    packs: list[Purchase], northside: Org, southside: Org
) -> None:
    purchase, _ = packs
    rows("UPDATE client_purchases SET org_id = %s WHERE id = %s", southside.pk, purchase.pk)
    events = purchase.events.count()
    with acting_as(grants.APP):
        see(southside)
        assert purchase.events.count() == events > 1
        assert SessionRequest.objects.filter(purchase=purchase.pk).exists()


def test_a_purchase_of_a_client_of_another_studio_shows_no_name(
    packs: list[Purchase], southside: Org, northside: Org
) -> None:
    rows("UPDATE clients SET org_id = %s WHERE id = %s", southside.pk, packs[0].client_id)
    with acting_as(grants.APP):
        see(northside)
        assert rows("SELECT full_name FROM clients WHERE id = %s", packs[0].client_id) == []


# --- Requests -------------------------------------------------------------------------------------


def test_each_request_sees_the_studio_of_its_member(
    packs: list[Purchase], signed_in: SignIn, northside: Org, southside: Org
) -> None:
    desks = [
        signed_in(make_user(username=f"staff {number}", org=org, role="staff"))
        for number, org in enumerate((northside, southside))
    ]
    with acting_as(grants.APP):
        for _ in range(2):
            for desk, pack, other in zip(desks, packs, reversed(packs), strict=True):
                assert [row.purchase_id for row in rows_on(desk.get(LIST))] == [pack.pk]
                assert orgs_seen() == f"{{{pack.org_id}}}"
                assert count("client_purchases") == 1
                assert post_action(desk, "use", other).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/"])
def test_a_request_without_a_session_does_not_inherit_a_studio(
    packs: list[Purchase], desk: Client, path: str
) -> None:
    with acting_as(grants.APP):
        desk.get(LIST)
        assert orgs_seen()
        assert Client().get(path).status_code == 200
        assert orgs_seen() == ""
        assert count("clients") == 0


def test_an_ended_session_does_not_inherit_a_studio(
    packs: list[Purchase], desk: Client, signed_in: SignIn, mia: User
) -> None:
    ended = signed_in(mia)
    ended.session.delete()
    with acting_as(grants.APP):
        desk.get(LIST)
        assert ended.get(LIST).status_code == 302
        assert orgs_seen() == ""


def test_without_the_signal_a_request_inherits_a_studio(
    packs: list[Purchase], desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(org_scope, "clear_org_ids", lambda connection: None)
    with acting_as(grants.APP):
        desk.get(LIST)
        assert Client().get("/healthz").status_code == 200
        assert orgs_seen()


def test_open_pages_learn_of_changes_of_their_studio(packs: list[Purchase], desk: Client) -> None:
    rows("ALTER TABLE session_events DISABLE TRIGGER forbid_change")
    rows("UPDATE session_events SET xact_id = '11'")
    with acting_as(grants.APP):
        desk.get(LIST)
        Client().get("/healthz")
        assert orgs_seen() == ""
        key = desk.cookies[settings.SESSION_COOKIE_NAME].value
        token = live_updates.token(packs[0].org_id, key)
        headers = {"Live-Token": token, "If-None-Match": '"10:10:"'}
        answer = desk.get(reverse("purchases:changes"), headers=headers)
        assert answer.json() == {"changed": [str(packs[0].pk)]}
        assert orgs_seen() == f"{{{packs[0].org_id}}}"


def test_a_superuser_sees_every_studio_in_the_admin(
    packs: list[Purchase], signed_in: SignIn, northside: Org, southside: Org
) -> None:
    superuser = signed_in(User.objects.create_superuser("sue", password=PASSWORD))
    with acting_as(grants.APP):
        page = superuser.get("/admin/purchases/purchase/").content.decode()
        for pack in packs:
            assert str(pack.pk) in page
        superuser.post("/admin/purchases/org/add/", {"name": "Eastside", "slug": "eastside"})
        eastside = Org.objects.get(slug="eastside")
        client = {"org": eastside.pk, "full_name": "Eve", "status": "active"}
        assert superuser.post("/admin/purchases/client/add/", client).status_code == 302
        assert "Eve" in superuser.get("/admin/purchases/client/").content.decode()


def test_a_wrong_sign_in_is_recorded_with_its_studio(
    packs: list[Purchase], mia: User, northside: Org
) -> None:
    with acting_as(grants.APP):
        for name in ("mia", "nobody"):
            Client().post(reverse("login"), {"username": name, "password": "wrong"})
    failed = SecurityEvent.objects.filter(kind="sign_in_failed").order_by("pk")
    assert [event.org_id for event in failed] == [northside.pk, None]


def test_the_check_of_the_ledgers_fails_if_rows_are_hidden(packs: list[Purchase]) -> None:
    """Otherwise it would find nothing wrong, because it would see nothing."""
    with acting_as(grants.APP), pytest.raises(CommandError, match="as the login that owns"):
        call_command("check_ledger")


# --- Tables of other programs ---------------------------------------------------------------------


@pytest.mark.usefixtures("other_programs")
def test_a_table_with_rights_of_another_program_stays_as_it_is(northside: Org) -> None:
    """Row level security would show that program no row."""
    make_purchase(org=northside)
    grants.set_up(connection)

    query = "SELECT relname::text FROM pg_class WHERE relrowsecurity AND relname = ANY (%s)"
    assert rows(query, SHARED) == []
    assert grants.differences(connection) == []
    with acting_as("anon"):
        assert count("client_purchases") == 1


def test_a_right_on_a_column_counts_too(no_roles: None) -> None:
    make_role("SELECT (id, full_name) ON clients")
    grants.set_up(connection)
    assert value("SELECT relrowsecurity FROM pg_class WHERE oid = 'clients'::regclass") is False


def test_a_program_that_gets_a_right_later_sees_every_row(packs: list[Purchase]) -> None:
    program = make_role("SELECT ON clients")
    with acting_as(program):
        assert count("clients") == 2


def test_a_policy_of_another_program_shows_no_more(packs: list[Purchase], northside: Org) -> None:
    rows("CREATE POLICY everything ON clients USING (true)")
    with acting_as(grants.APP):
        see(northside)
        assert count("clients") == 1


@pytest.mark.parametrize(
    "statement",
    [
        'DROP POLICY "studio_app sees its studio" ON clients',
        'ALTER POLICY "studio_app sees its studio" ON clients USING (true)',
        'ALTER POLICY "studio_app sees its studio" ON clients TO studio_ledger',
        "ALTER TABLE clients DISABLE ROW LEVEL SECURITY",
    ],
)
def test_a_changed_policy_is_reported_and_repaired(studio_roles: None, statement: str) -> None:
    rows(statement)

    (difference,) = grants.differences(connection)
    assert difference.name == "studio_app sees rows of every studio in clients"
    assert grants.set_up(connection) is True
    assert grants.differences(connection) == []
