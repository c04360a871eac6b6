"""SQL of our own runs through purchases/database.py alone, and each statement is a whole file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

from purchases.database import SQL_DIR, read_statement
from studio.accounts import session

ALLOWED = [Path("purchases/database.py"), Path("studio/database"), Path("studio/demo")]
RAW_NAMES = {"cursor", "raw", "extra", "RawSQL", "RawQuery", "RawQuerySet"}
STATEMENTS = [
    *sorted(SQL_DIR.glob("*.sql")),
    *sorted((Path(session.__file__).parent / "sql").glob("*.sql")),
]


def runs_sql(source: str) -> bool:
    """Return whether some code names a way to run SQL: a cursor, `.raw()`, `.extra()`, RawSQL or
    RawQuery, or the driver's own connection, `connection.connection`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                names = {name.rpartition(".")[2]}
            case ast.Constant(value=str(name)):
                names = {name}
            case _:
                continue
        if names & RAW_NAMES or (isinstance(node, ast.Attribute) and names == {"connection"}):
            return True
    return False


def test_raw_sql_runs_through_one_module() -> None:
    """ALLOWED lists the exceptions besides migrations: the database schema, and the demo rows."""
    modules = [
        path.relative_to(settings.BASE_DIR)
        for app in ("purchases", "studio")
        for path in sorted((settings.BASE_DIR / app).rglob("*.py"))
    ]
    assert Path("purchases/queries/search.py") in modules
    found = [
        module
        for module in modules
        if "migrations" not in module.parts
        and not any(module.is_relative_to(allowed) for allowed in ALLOWED)
        and runs_sql((settings.BASE_DIR / module).read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import connection\nwith connection.cursor() as c: c.execute(sql)",
        "from django import db\nopen_it = db.connections['default'].cursor",
        "cursor = getattr(connection, 'cursor')()",
        "from django.db import connection\nconnection.connection.execute(sql)",
        "Client.objects.raw(sql)",
        "Client.objects.extra(where=[sql])",
        "from django.db.models.expressions import RawSQL",
        "from django.db.models.sql.query import RawQuery as Query",
        "expressions.RawSQL(sql, [])",
    ],
)
def test_the_check_finds_each_way_to_run_sql(source: str) -> None:
    assert runs_sql(source)


def test_the_check_passes_words_in_comments_and_longer_strings() -> None:
    assert not runs_sql("text = 'the cursor'  # connection.cursor() and RawSQL")


@pytest.mark.parametrize("file", STATEMENTS, ids=lambda file: file.stem)
def test_a_statement_is_whole_and_has_a_comment_at_its_head(file: Path) -> None:
    text = file.read_text()
    statement = read_statement(file)
    assert text.startswith("-- ")
    assert statement.startswith(("SELECT", "WITH", "INSERT", "COPY"))
    assert "--" not in statement, "a comment inside would end the statement on one line for pgbench"
    assert "{" not in text, "a statement is not a template"
    assert len(statement) <= 4096, "psycopg parses a longer one at each execution"
