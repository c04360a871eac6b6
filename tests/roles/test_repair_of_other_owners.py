"""`repair` replaces a function that a superuser or another role owns, or returns the statement for
whoever may run it."""

import pytest
from django.db import connection

from studio.database import grants, schema
from tests.database import acting_as, make_role, rows

REPLACE = """
    DROP FUNCTION public.release_session(uuid);
    CREATE FUNCTION public.release_session(p_purchase_id uuid) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER AS 'SELECT 2::bigint'
"""


@pytest.fixture
def migrator(studio_roles: None) -> str:
    """The login that migrates, without the rights of a superuser."""
    role = make_role("SELECT ON django_migrations")
    rows(f"GRANT studio_ledger TO {role}")
    rows(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}")
    return role


def test_the_owner_of_the_schema_replaces_a_function_of_a_superuser(migrator: str) -> None:
    rows(f"ALTER SCHEMA public OWNER TO {migrator}")
    rows(REPLACE)

    with acting_as(migrator):
        assert schema.repair(schema.drift(schema.history())) == []

    assert schema.drift(schema.history()) == []
    grants.set_up(connection)
    assert grants.differences(connection) == []


def test_another_login_gets_the_statement_and_the_rest_is_repaired(migrator: str) -> None:
    rows(REPLACE)
    rows("COMMENT ON FUNCTION public.use_session(uuid) IS 'another'")

    with acting_as(migrator):
        statements = schema.repair(schema.drift(schema.history()))
        assert statements == ["DROP FUNCTION public.release_session(uuid);"]
        left = {drift.key.name for drift in schema.drift(schema.history())}
        assert left == {"release_session(uuid)", "function release_session(uuid)"}

    # A superuser runs the statement, and the login repairs the rest.
    rows(statements[0])
    with acting_as(migrator):
        assert schema.repair(schema.drift(schema.history())) == []
    assert schema.drift(schema.history()) == []
