"""Every migration can be reversed, and the database that they make is the one that the models
and the .sql files describe."""

import re
from contextlib import nullcontext
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader

from purchases.models import SessionRequest
from studio.database import schema
from studio.database.executor import Executor
from studio.models import User
from tests.database import migrate, rows
from tests.schema_watch import dump

FOLDER = settings.BASE_DIR / "purchases" / "migrations"
SQL_FILES = sorted(FOLDER.glob("*.sql"))


def names(kind: str) -> set[str]:
    """Return the names of the functions, or of the tables that have an object of another kind."""
    return {name for found, name, *_ in dump() if found == kind}


@pytest.mark.django_db
def test_the_models_have_no_change_that_no_migration_makes() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_a_new_reason_and_a_better_label_need_no_migration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = SessionRequest._meta.get_field("reason")
    monkeypatch.setattr(reason, "choices", [("flood", "Flood")])
    monkeypatch.setattr(reason, "_verbose_name", "why")

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_a_new_column_needs_a_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a change of a column."""
    monkeypatch.setattr(SessionRequest._meta.get_field("reason"), "null", False)

    with pytest.raises(SystemExit):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "is_code"), [("flood", True), ("The pipe burst", False)])
def test_the_database_checks_the_form_of_a_reason_alone(
    mia: User, reason: str, is_code: bool
) -> None:
    request = SessionRequest(request_id=uuid4(), operation="use", actor=mia, reason=reason)
    request.purchase_id = uuid4()

    with nullcontext() if is_code else pytest.raises(IntegrityError, match="reason_is_a_code"):
        request.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_the_domain_can_be_migrated_to_nothing_and_back() -> None:
    before = dump()
    try:
        migrate("purchases", "zero")
        assert not names("function")
        assert not names("trigger")
        assert not names("column") & {"orgs", "clients", "offers", "client_purchases"}
        assert "client_search_terms" not in names("column")
    finally:
        migrate()
    assert dump() == before


@pytest.mark.django_db(transaction=True)
def test_every_app_can_be_migrated_to_nothing_and_back() -> None:
    before = dump()
    labels = {label for label, _ in MigrationLoader(connection).disk_migrations}
    try:
        for label in sorted(labels):
            migrate(label, "zero")
        assert names("column") == {"django_migrations"}
    finally:
        migrate()
    assert dump() == before


# Earlier migrations landed before this test, and stay as they are: 0017 leaves three comments.
COMPARED_FROM = [("studio", "0001_accounts"), ("purchases", "0024_allowance_locks")]


class ObservedExecutor(Executor):
    """An executor that remembers the schema around each migration.

    `after` has the schemas after each step forward, `before` those after each step back.
    """

    def __init__(self) -> None:
        super().__init__(connection)
        self.after: dict[tuple[str, str], schema.SchemaObjects] = {}
        self.before: dict[tuple[str, str], schema.SchemaObjects] = {}

    def apply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        state = super().apply_migration(state, migration, *args, **options)
        self.after[schema.node_of(migration)] = schema.actual_schema().objects
        return state

    def unapply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        state = super().unapply_migration(state, migration, *args, **options)
        self.before[schema.node_of(migration)] = schema.actual_schema().objects
        return state


@pytest.mark.django_db(transaction=True)
def test_each_step_back_leaves_the_schema_of_the_migrations_before_it() -> None:
    """The comparison sees comments, function bodies and constraints."""
    try:
        ObservedExecutor().migrate(COMPARED_FROM)
        forward = ObservedExecutor()
        forward.migrate(forward.loader.graph.leaf_nodes())
        back = ObservedExecutor()
        back.migrate(COMPARED_FROM)
    finally:
        migrate()
    steps = list(forward.after)
    assert len(steps) > 15
    for step, previous in zip(steps[1:], steps, strict=False):
        assert back.before[step] == forward.after[previous], step


WEAK_FUNCTIONS = """
CREATE FUNCTION public.release_session(purchase uuid) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN 0;
END
$$;
CREATE FUNCTION public.use_session(purchase uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
AS 'SELECT';
"""


@pytest.mark.django_db(transaction=True)
def test_functions_that_were_there_before_ours_are_replaced_and_closed_to_public() -> None:
    before = dump()
    try:
        migrate("purchases", "0001")
        rows(WEAK_FUNCTIONS)
    finally:
        migrate()
    assert dump() == before


def test_every_migration_can_be_reversed() -> None:
    loader = MigrationLoader(None)
    ours = {
        app.label for app in apps.get_app_configs() if app.path.startswith(str(settings.BASE_DIR))
    }
    for (label, name), migration in loader.disk_migrations.items():
        if label in ours:
            irreversible = [each for each in migration.operations if not each.reversible]
            assert not irreversible, f"{label} {name}"


def test_each_sql_file_is_run_by_the_migration_of_its_number() -> None:
    migrations = MigrationLoader(None).disk_migrations
    run = {
        (name[:4], operation.sql)
        for (label, name), migration in migrations.items()
        if label == "purchases"
        for operation in migration.operations
        if isinstance(operation, RunSQL)
    }

    assert run == {(file.name[:4], file.read_text()) for file in SQL_FILES}


def test_each_sql_file_has_at_most_one_function_and_the_name_of_it() -> None:
    for file in SQL_FILES:
        functions = re.findall(r"^CREATE FUNCTION public\.(\w+)", file.read_text(), re.MULTILINE)
        assert functions in ([], [file.stem[5:]]), file.name


FROZEN = settings.BASE_DIR / "tests" / "frozen_migrations.txt"


def test_a_merged_migration_is_never_changed() -> None:
    """The file lists the SHA-256 and the name of every file of a migration, as sha256sum does. A
    new migration adds lines to it; a line that is there never changes."""
    files = [
        path
        for app in ("purchases", "studio")
        for path in sorted((settings.BASE_DIR / app / "migrations").glob("*.*"))
        if path.name != "__init__.py"
    ]
    lines = [
        f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(settings.BASE_DIR)}\n"
        for path in files
    ]

    assert "".join(lines) == FROZEN.read_text()


# --- The resulting schema -------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_database_is_as_the_migrations_make_it() -> None:
    made = schema.expected_schema(schema.history().plan).objects
    assert {key.name for key in made if key.kind == "function"} >= {
        "release_session(uuid)",
        "use_session(uuid)",
    }
    assert schema.drift(schema.history()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tampering",
    [
        "ALTER FUNCTION public.release_session SECURITY INVOKER",
        "ALTER FUNCTION public.release_session RESET search_path",
        "CREATE OR REPLACE FUNCTION public.release_session(p_purchase_id uuid) RETURNS int"
        " LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 0'",
    ],
)
def test_a_function_that_was_tampered_with_is_noticed(tampering: str) -> None:
    rows(tampering)

    (drift,) = schema.drift(schema.history())
    assert drift.name.startswith("the function release_session(uuid) was changed")
