"""Only our roles have rights on what the migrations create, whatever default privileges grant."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from studio.database.default_privileges import closed_to_others
from tests.attach.foreign_database import ForeignDatabase, drop
from tests.database import make_role, rows, value

GRANTED = """
SELECT kind, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
FROM (
    SELECT relkind::text, oid::regclass::text, coalesce(relacl, acldefault('r', relowner)), relowner
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
    UNION ALL
    SELECT 'column', format('%s.%s', attrelid::regclass, attname), attacl, relowner
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attacl IS NOT NULL
    UNION ALL
    SELECT 'function', oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner)),
        proowner
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS ours (kind, name, acl, owner), aclexplode(acl)
WHERE grantee <> owner
"""
OURS = {"studio_app", "studio_ledger"}
# `setup_roles` grants service_role these two functions, because FUNCTION_ROLES is empty.
FOR_THE_BACK_END = {
    ("function", "release_session(uuid)", "service_role"),
    ("function", "use_session(uuid)", "service_role"),
}


@pytest.fixture
def generous(server: str, product_roles: None, tmp_path: Path) -> Iterator[ForeignDatabase]:
    """An empty database whose default privileges grant every new object to three other roles."""
    name = f"generous_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    database = ForeignDatabase(name, make_conninfo(server, dbname=name), tmp_path)
    for schema in ("", " IN SCHEMA public"):
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            database.rows(
                f"ALTER DEFAULT PRIVILEGES{schema} GRANT ALL ON {kind}"
                " TO anon, authenticated, service_role"
            )
    yield database
    drop(server, database)


def others_rights(database: ForeignDatabase) -> set[tuple[str, str, str]]:
    """Return the kind, the name and the grantee of each right of another role."""
    return {
        (kind, name, grantee)
        for kind, name, grantee in database.rows(GRANTED)
        if grantee not in OURS
    }


def test_default_privileges_grant_nothing_that_migrate_creates(generous: ForeignDatabase) -> None:
    for arguments in (["purchases", "0001"], ["purchases", "0018"], []):
        migrated = generous.manage("migrate", *arguments)
        assert migrated.returncode == 0, migrated.stderr
        assert generous.rows("SELECT FROM client_purchases") == []
        assert others_rights(generous) == set(), arguments

    back = generous.manage("migrate", "purchases", "0019", "--skip-checks")
    assert back.returncode == 0, back.stderr
    assert others_rights(generous) == set()

    forth = generous.manage("migrate")
    assert forth.returncode == 0, forth.stderr
    set_up = generous.manage("setup_roles", "--verbosity=0")
    assert (set_up.returncode, set_up.stderr) == (0, "")
    assert others_rights(generous) == FOR_THE_BACK_END


@pytest.mark.django_db
def test_rights_on_a_new_table_of_another_program_are_kept() -> None:
    """Its owner may create it in the schema public while a migration runs."""
    owner, reader = make_role(), make_role()
    with closed_to_others():
        rows("CREATE TABLE notes (id int)")
        rows(f"ALTER TABLE notes OWNER TO {owner}")
        rows(f"GRANT SELECT ON notes TO {reader}")

    assert value("SELECT has_table_privilege(%s, 'notes', 'SELECT')", reader)
