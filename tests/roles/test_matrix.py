"""The grants in the database equal the matrix exactly."""

import pytest
from django.apps import apps
from django.db import connection

from studio.database import grants
from studio.database.grants.matrix import parsed
from tests.database import rows


def names() -> list[str]:
    return [difference.name for difference in grants.differences(connection)]


@pytest.mark.django_db
def test_matrix_lists_every_table() -> None:
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }

    assert {*grants.TABLES} == tables | {"django_migrations"}


@pytest.mark.django_db
def test_matrix_lists_every_function() -> None:
    functions = rows(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )

    assert {(signature,) for signature in grants.FUNCTIONS} == {*functions}


def test_roles_have_exactly_the_grants_of_the_matrix(studio_roles: None) -> None:
    """Compare with the ACLs of tables and columns in the catalog."""
    for table, rights in grants.TABLES.items():
        for role in (grants.APP, grants.LEDGER):
            granted = rows(
                "SELECT privilege_type, NULL FROM pg_class, aclexplode(relacl)"
                " WHERE pg_class.oid = %s::regclass AND grantee = %s::regrole"
                " UNION ALL SELECT privilege_type, attname::text FROM pg_attribute,"
                " aclexplode(attacl) WHERE attrelid = %s::regclass AND grantee = %s::regrole",
                *[f"public.{table}", role] * 2,
            )
            assert {*granted} == parsed(rights.rights(role)), f"{role} on {table}"
    assert names() == []


def test_roles_have_no_special_attributes(studio_roles: None) -> None:
    assert rows(
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
        " FROM pg_roles WHERE rolname IN ('studio_app', 'studio_ledger') ORDER BY rolname"
    ) == [("studio_app", True, False), ("studio_ledger", False, False)]
    owned = (
        "SELECT FROM pg_class WHERE relowner IN ('studio_app'::regrole, 'studio_ledger'::regrole)"
    )
    assert rows(owned) == []


def test_studio_ledger_owns_every_function(studio_roles: None) -> None:
    owners = rows(
        "SELECT DISTINCT proowner::regrole::text FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
    )
    assert owners == [("studio_ledger",)]


DEVIATIONS = [
    (
        "GRANT UPDATE (sessions_used) ON client_purchases TO studio_app",
        "studio_app may UPDATE client_purchases (sessions_used)",
    ),
    ("GRANT DELETE ON client_purchases TO studio_app", "studio_app may DELETE client_purchases"),
    ("GRANT INSERT ON session_events TO studio_app", "studio_app may INSERT session_events"),
    ("GRANT TRUNCATE ON session_events TO studio_app", "studio_app may TRUNCATE session_events"),
    ("GRANT SELECT ON studio_user TO studio_ledger", "studio_ledger may SELECT studio_user"),
    (
        "REVOKE INSERT ON django_admin_log FROM studio_app",
        "studio_app may not INSERT django_admin_log",
    ),
    (
        "REVOKE UPDATE (expires_at) ON client_purchases FROM studio_ledger",
        "studio_ledger may not UPDATE client_purchases (expires_at)",
    ),
    ("GRANT SELECT ON studio_user TO PUBLIC", "PUBLIC may SELECT studio_user"),
    (
        "GRANT UPDATE ON SEQUENCE session_events_id_seq TO PUBLIC",
        "PUBLIC may UPDATE session_events_id_seq",
    ),
    (
        "GRANT UPDATE (db_role) ON session_events TO PUBLIC",
        "PUBLIC may UPDATE session_events",
    ),
    (
        "GRANT EXECUTE ON FUNCTION release_session TO PUBLIC",
        "PUBLIC may EXECUTE release_session(uuid)",
    ),
    ("GRANT EXECUTE ON FUNCTION current_db_role TO PUBLIC", "PUBLIC may EXECUTE current_db_role()"),
    (
        "REVOKE EXECUTE ON FUNCTION use_session FROM studio_app",
        "studio_app may not EXECUTE use_session(uuid)",
    ),
    (
        "GRANT EXECUTE ON FUNCTION use_session TO studio_app WITH GRANT OPTION",
        "studio_app may GRANT use_session(uuid)",
    ),
    ("ALTER ROLE studio_ledger LOGIN", "studio_ledger has LOGIN"),
    ("ALTER ROLE studio_app NOLOGIN", "studio_app lacks LOGIN"),
    ("ALTER ROLE studio_ledger BYPASSRLS", "studio_ledger has BYPASSRLS"),
    ("GRANT pg_read_all_data TO studio_app", "studio_app is a member of pg_read_all_data"),
    ("GRANT CREATE ON SCHEMA public TO studio_app", "studio_app may CREATE in the schema public"),
    (
        "DO $$ BEGIN EXECUTE format('ALTER ROLE studio_app IN DATABASE %I RESET lock_timeout',"
        " current_database()); END $$",
        "studio_app has no setting lock_timeout=3s in this database",
    ),
    (
        'DROP POLICY "studio_app reads and writes" ON clients',
        "studio_app has no policy on clients, where row level security is on",
    ),
]


@pytest.mark.parametrize(("statement", "name"), DEVIATIONS)
def test_deviation_is_reported_and_repaired(studio_roles: None, statement: str, name: str) -> None:
    rows(statement)

    (difference, *_) = differences = grants.differences(connection)
    assert name in [difference.name for difference in differences]
    assert difference.repair == "python manage.py setup_roles"
    assert grants.set_up(connection) is True
    assert names() == []


def test_changed_owner_of_a_function_is_reported_and_repaired(studio_roles: None) -> None:
    rows("ALTER FUNCTION use_session OWNER TO CURRENT_USER")

    (name,) = names()
    assert name.startswith("use_session(uuid) belongs to ")
    grants.set_up(connection)
    assert names() == []


@pytest.mark.parametrize(
    ("statement", "name", "repair"),
    [
        (
            "GRANT UPDATE (sessions_used) ON client_purchases TO PUBLIC",
            "studio_app may UPDATE client_purchases (sessions_used), as PUBLIC may",
            "REVOKE UPDATE ON public.client_purchases FROM PUBLIC;",
        ),
        (
            "GRANT DELETE ON offers TO PUBLIC",
            "studio_app may DELETE offers, as PUBLIC may",
            "REVOKE DELETE ON public.offers FROM PUBLIC;",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO PUBLIC",
            "studio_app may CREATE in the schema public",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        ),
    ],
)
def test_grants_to_public_are_reported_and_not_revoked(
    studio_roles: None, statement: str, name: str, repair: str
) -> None:
    rows(statement)

    assert grants.set_up(connection) is False
    repairs = {difference.name: difference.repair for difference in grants.differences(connection)}
    assert repairs[name] == repair
    for command in {*repairs.values()}:
        rows(command)
    assert names() == []


def test_select_granted_to_public_is_allowed(studio_roles: None) -> None:
    rows("GRANT SELECT ON orgs TO PUBLIC")

    assert names() == []


def test_grant_on_an_unlisted_table_is_reported(studio_roles: None) -> None:
    rows("CREATE TABLE payouts (cents int)")
    rows("GRANT SELECT ON payouts TO studio_app")

    (difference,) = grants.differences(connection)
    assert difference.name == "studio_app has rights on payouts, which is not in the matrix"
    rows(difference.repair)
    assert names() == []


@pytest.mark.usefixtures("no_roles")
def test_missing_roles_are_reported() -> None:
    assert names() == [
        "the role studio_app does not exist",
        "the role studio_ledger does not exist",
    ]
