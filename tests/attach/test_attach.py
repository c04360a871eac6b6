"""`attach` reports the database, changes no row, and the site runs afterwards."""

from collections.abc import Callable

import psycopg
import pytest

from tests.attach.foreign_database import MALFORMED, ForeignDatabase
from tests.attach.visit import visit


def test_dry_run_reports_and_changes_nothing(foreign: ForeignDatabase) -> None:
    schema = foreign.catalog()

    output = foreign.attach("--dry-run")
    assert foreign.catalog() == schema
    assert (
        "client_purchases of postgres; row level security (policies: 1); triggers touch" in output
    )
    assert "foreign keys from bookings" in output
    assert "clients.tier belongs to another program and stays" in output
    assert "release_session(purchase uuid) returns bigint: of postgres" in output
    assert (
        "without a search_path, executable by PUBLIC, anon, authenticated, service_role" in output
    )
    assert "use_session(uuid) returns boolean afterwards, and jsonb no longer" in output
    assert "an app calls release_session(uuid) and use_session(uuid) as authenticated" in output
    assert "its own buttons stop working" in output
    assert "record purchases.0001_initial as applied" in output
    assert output.rstrip().endswith("This was a dry run. Nothing was changed.")


def test_site_runs_and_no_row_was_changed(foreign: ForeignDatabase) -> None:
    before = foreign.fingerprint()

    foreign.attach()
    assert foreign.fingerprint() == before
    assert visit(foreign) == {"list": 200, "answer": 200, "before": 2, "after": 1}


def test_attach_is_idempotent(attached_foreign: ForeignDatabase) -> None:
    before = attached_foreign.schema()

    assert "Nothing to do: this database is attached." in attached_foreign.attach()
    assert attached_foreign.schema() == before


def test_rows_that_break_an_invariant_are_reported(
    another_foreign: Callable[..., ForeignDatabase],
) -> None:
    foreign = another_foreign(purchases=20)
    foreign.rows(
        "INSERT INTO client_purchases"
        " (org_id, client_id, offer_id, amount_paid_cents, sessions_total, sessions_used)"
        " SELECT org_id, client_id, offer_id, 0, 1, 2 FROM client_purchases, generate_series(1, 2)"
        " WHERE sessions_used BETWEEN 0 AND sessions_total"
    )
    broken = foreign.value(
        "SELECT count(*) FROM client_purchases WHERE sessions_used > sessions_total"
    )

    output = foreign.attach()
    assert f"  - {broken} × more used than bought:" in output
    assert f"and {broken - 20} more" in output
    assert "  - 1 × fewer than 0 sessions used:\n" in output
    assert f"{MALFORMED}2  Zoë O’Brien 1: -2 of 10 used" in output
    assert "a pack whose count is missing" in output
    assert f"{broken + 1} purchases break sessions_used_is_between_0_and_total" in output
    assert "no program can update another column of such a row" in output


def test_broken_row_can_only_be_changed_by_correcting_it(
    attached_foreign: ForeignDatabase,
) -> None:
    broken = f"WHERE id = '{MALFORMED}1'"
    with pytest.raises(psycopg.errors.CheckViolation):
        attached_foreign.rows(f"UPDATE client_purchases SET payment_method = 'card' {broken}")
    attached_foreign.rows(
        f"UPDATE client_purchases SET payment_method = 'card', sessions_used = 10 {broken}"
    )


@pytest.mark.parametrize("function", ["release_session", "use_session"])
def test_weak_functions_and_their_grants_are_replaced(
    attached_foreign: ForeignDatabase, function: str
) -> None:
    (function_row,) = attached_foreign.rows(
        "SELECT proowner::regrole::text, proargnames, prolang = 14, proconfig[1],"
        " array(SELECT grantee::regrole::text FROM aclexplode(proacl) ORDER BY 1)"
        f" FROM pg_proc WHERE oid = 'public.{function}'::regproc"
    )
    assert function_row[:4] == (
        "studio_ledger",
        ["p_purchase_id"],
        True,
        "search_path=pg_catalog, pg_temp",
    )
    assert function_row[4] == ["service_role", "studio_app", "studio_ledger"]


def test_default_privileges_grant_no_new_table_to_phone_roles(
    attached_foreign: ForeignDatabase,
) -> None:
    product_tables = ["orgs", "clients", "offers", "client_purchases", "bookings", "balances"]
    granted = attached_foreign.rows(
        "SELECT DISTINCT relname FROM pg_class, aclexplode(relacl)"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')"
        " AND grantee IN (0, 'anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)"
    )
    assert {name for (name,) in granted} == {*product_tables, "bookings_id_seq"}


def test_new_tables_are_never_granted_to_phone_roles(foreign: ForeignDatabase) -> None:
    """Kill `attach` before it sets the roles up."""
    foreign.attach_and_kill_at("admin.0001_initial")
    query = "SELECT has_table_privilege('anon', 'studio_user', 'SELECT')"
    assert foreign.value(query) is False


def test_columns_that_the_site_cannot_fill_are_reported(foreign: ForeignDatabase) -> None:
    foreign.rows("ALTER TABLE clients ADD COLUMN region text NOT NULL DEFAULT 'nsw'")
    foreign.rows("ALTER TABLE clients ALTER COLUMN region DROP DEFAULT")
    foreign.rows("ALTER TABLE client_purchases ALTER COLUMN expires_at SET DEFAULT now()")
    foreign.rows("ALTER TABLE offers ALTER COLUMN id DROP DEFAULT")
    foreign.rows("ALTER TABLE orgs ALTER COLUMN created_at DROP NOT NULL")
    foreign.rows("UPDATE client_purchases SET sessions_used = 0 WHERE sessions_used IS NULL")
    foreign.rows("ALTER TABLE client_purchases ALTER COLUMN sessions_used SET NOT NULL")

    output = foreign.attach("--dry-run")
    assert (
        "clients.region may not be null and has no default, so the site can't add a row" in output
    )
    assert "client_purchases.expires_at has the default now(); it stays" in output
    assert "offers.id has no default, so the site can't add a row" in output
    assert "orgs.created_at may be null; the site shows “-” for null" in output
    assert "client_purchases.sessions_used may not be null: a form of the site" in output
