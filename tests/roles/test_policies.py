"""Row level security: a role without a policy sees no row."""

import pytest
from django.db import connection
from django.test import Client

from purchases.models import Org
from studio.database import grants
from studio.database.grants.row_security import CONDITIONS, POLICY
from studio.models import User
from tests.acts.acts import post_act
from tests.conftest import SignIn
from tests.database import acting_as, make_role, rows
from tests.factories import make_purchase
from tests.ledger import fresh
from tests.pages import LIST, post_action, rows_on, the_row_on

SHARED = [name for name, table in grants.TABLES.items() if table.is_shared]
OURS = ["studio_app reads and writes", "studio_ledger reads and writes"]
LIMITED = {"client_purchases", "clients", "offers"}
# Policies of a typical product: each client sees their own rows. Our roles may not call auth.uid().
THEIRS = """
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
CREATE TABLE auth.members (org_id uuid, user_id uuid);
REVOKE ALL ON FUNCTION auth.uid() FROM PUBLIC;
CREATE POLICY "clients see their own" ON client_purchases FOR SELECT
    USING (client_id = auth.uid());
CREATE POLICY "members write" ON client_purchases FOR ALL
    USING (EXISTS (SELECT FROM auth.members WHERE org_id = client_purchases.org_id));
"""


@pytest.fixture
def row_security(no_roles: None) -> None:
    for table in SHARED:
        rows(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    rows(THEIRS)


def policies() -> set[tuple[str, str]]:
    return {*rows("SELECT tablename::text, policyname::text FROM pg_policies")}


@pytest.mark.usefixtures("row_security")
def test_each_table_gets_policies_for_roles_with_grants() -> None:
    before = policies()
    grants.set_up(connection)

    added = {(table, policy) for table, policy in policies() - before if table in SHARED}
    assert added == {
        *((table, policy) for table in SHARED for policy in OURS),
        *((table, POLICY) for table in LIMITED),
    }
    assert before < policies(), "policies of other programs stay"
    assert grants.differences(connection) == []
    assert grants.set_up(connection) is False


def test_no_policies_without_row_level_security(studio_roles: None) -> None:
    assert {table for table, _ in policies()} == CONDITIONS.keys()


@pytest.mark.parametrize(
    "statement",
    [
        'DROP POLICY "studio_app reads and writes" ON clients',
        'ALTER POLICY "studio_app reads and writes" ON clients USING (false)',
        'ALTER POLICY "studio_app reads and writes" ON clients WITH CHECK (false)',
        'ALTER POLICY "studio_app reads and writes" ON clients TO PUBLIC',
    ],
)
@pytest.mark.usefixtures("row_security")
def test_changed_policy_is_reported_and_repaired(statement: str) -> None:
    grants.set_up(connection)
    rows(statement)

    (difference,) = grants.differences(connection)
    assert difference.name == "studio_app has no policy on clients, where row level security is on"
    grants.set_up(connection)
    assert grants.differences(connection) == []


@pytest.mark.usefixtures("row_security")
def test_site_works_with_row_level_security(
    northside: Org, desk: Client, olivia: User, signed_in: SignIn
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    owner = signed_in(olivia)
    grants.set_up(connection)

    with acting_as(grants.APP):
        page = desk.get(LIST, {"q": "ana"})
        assert [row.purchase_id for row in rows_on(page)] == [purchase.pk]
        assert the_row_on(post_action(desk, "use", purchase, htmx=True)).used == "4"
        assert the_row_on(post_action(desk, "reinstate", purchase, htmx=True)).used == "3"
        answer = post_act(owner, "correct_total", purchase, adjust_by="2", note="a gift")
        assert answer.status_code == 302
    assert fresh(purchase).sessions_total == 12
    assert [event.kind for event in purchase.events.order_by("id")][1:] == ["used", "reinstated"]


@pytest.mark.usefixtures("row_security")
def test_function_reaches_rows_hidden_from_its_caller(northside: Org) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    grants.set_up(connection)
    caller = make_role("EXECUTE ON FUNCTION public.release_session(uuid)", "SELECT ON clients")

    with acting_as(caller):
        assert rows("SELECT id FROM clients") == []
        assert rows("SELECT release_session(%s)", purchase.pk) == [(2,)]


@pytest.mark.usefixtures("row_security")
def test_without_its_policy_the_function_owner_sees_no_row(northside: Org) -> None:
    """Negative control: drop the policy of studio_ledger."""
    purchase = make_purchase(org=northside, total=10, used=3)
    grants.set_up(connection)
    rows(f'DROP POLICY "{OURS[1]}" ON client_purchases')
    rows('DROP POLICY "clients see their own" ON client_purchases')
    rows('DROP POLICY "members write" ON client_purchases')

    assert rows("SELECT release_session(%s)", purchase.pk) == [(-1,)]
