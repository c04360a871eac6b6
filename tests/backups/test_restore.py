"""`manage.py restore` reads a backup into an empty database, checks it, and says what is wrong."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studio.database import backup, schema
from studio.database.backup import programs
from studio.database.schema import conditions
from tests.archive.conftest import using
from tests.backups.moves import facts_of
from tests.database import rows, value
from tests.seals.sealing import move_back, seal_all


def test_every_row_grant_and_seal_is_as_before(
    empty: dict[str, str], source: str, dump: Path, blank: str
) -> None:
    out = StringIO()
    call_command("restore", str(dump), stdout=out, stderr=out)

    assert "studio_app and studio_ledger are set up." in out.getvalue()
    assert out.getvalue().count("All is well") == 2
    assert out.getvalue().endswith("The database is sound. The site can use it.\n")
    before, after = facts_of(empty, source), facts_of(empty, blank)
    assert after == before
    assert all(before[name][0] for name in ("session_events", "seals", "studio_user"))


def test_a_restored_database_goes_on(dump: Path, blank: str) -> None:
    call_command("restore", str(dump), stdout=StringIO(), stderr=StringIO())
    pack = "SELECT id FROM client_purchases WHERE sessions_used > 0 ORDER BY id LIMIT 1"

    assert value(f"SELECT release_session(({pack}))") >= 0
    move_back(2)
    assert seal_all() > 0
    call_command("check_ledger", stdout=StringIO(), stderr=StringIO())


def test_a_database_that_is_not_empty_is_refused(
    empty: dict[str, str], dump: Path, blank: str
) -> None:
    rows("CREATE TABLE letters (id int)")
    before = facts_of(empty, blank)

    with pytest.raises(CommandError, match=r"not empty: it has public.letters. Nothing was chang"):
        call_command("restore", str(dump))
    assert facts_of(empty, blank) == before


def test_a_role_that_the_server_lacks_is_named(
    empty: dict[str, str], source: str, blank: str, tmp_path: Path
) -> None:
    with using(source):
        rows("CREATE ROLE studio_reports")
        rows("GRANT SELECT ON clients TO studio_reports")
        backup.write(tmp_path / "one.dump")
        rows("DROP OWNED BY studio_reports")
        rows("DROP ROLE studio_reports")

    with pytest.raises(CommandError, match=r"the role studio_reports, .* Nothing was changed"):
        call_command("restore", str(tmp_path / "one.dump"))
    assert facts_of(empty, blank) == {}


@pytest.mark.parametrize("content", [b"", b"no backup at all", b"PGDMP and then nothing"])
def test_a_file_that_is_no_backup_is_refused(blank: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "letter.dump"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="is not a backup that this PostgreSQL can read"):
        call_command("restore", str(file))
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(tmp_path / "none.dump"))


def test_half_a_file_changes_nothing(
    empty: dict[str, str], dump: Path, blank: str, tmp_path: Path
) -> None:
    half = tmp_path / "half.dump"
    shutil.copy(dump, half)
    with half.open("r+b") as file:
        file.truncate(dump.stat().st_size - 4_000)

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", str(half))
    assert facts_of(empty, blank) == {}


def test_a_backup_of_a_newer_version_is_refused(
    empty: dict[str, str], source: str, blank: str, tmp_path: Path
) -> None:
    with using(source):
        rows(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('purchases', '9999_later', now())"
        )
        backup.write(tmp_path / "newer.dump")
        rows("DELETE FROM django_migrations WHERE name = '9999_later'")

    with pytest.raises(CommandError, match=r"another version .* purchases.9999_later"):
        call_command("restore", str(tmp_path / "newer.dump"))
    assert facts_of(empty, blank) == {}


def test_a_check_that_fails_is_told(source: str, blank: str, tmp_path: Path) -> None:
    change = "UPDATE client_purchases SET sessions_used = sessions_used + 1"
    with using(source):
        rows("ALTER TABLE client_purchases DISABLE TRIGGER ALL")
        rows(change)
        backup.write(tmp_path / "wrong.dump")
        rows(change.replace("+", "-"))
        rows("ALTER TABLE client_purchases ENABLE TRIGGER ALL")

    with pytest.raises(CommandError, match="this failed: check, check_ledger"):
        call_command("restore", str(tmp_path / "wrong.dump"), stdout=StringIO(), stderr=StringIO())
    with using(source):
        schema.repair(schema.drift(schema.history()))


def test_no_password_is_an_argument_of_the_program() -> None:
    class Info:
        password = "secret word"

        def get_parameters(self) -> dict[str, str]:
            return {"host": "db.example.com", "user": "studio"}

    class Database:
        info = Info()

    option, environment = programs.connection_options(Database())  # type: ignore[arg-type]
    assert option == "--dbname=host=db.example.com user=studio"
    assert environment["PGPASSWORD"] == "secret word"


@pytest.mark.parametrize(
    ("created", "restored"),
    [
        ("CHECK ((((a > 1) OR (b > 1)) OR (c > 1)))", "CHECK (((a > 1) OR (b > 1) OR (c > 1)))"),
        ("CHECK ((((x = '(') AND (y))  AND (z)))", "CHECK (((x = '(') AND (y)  AND (z)))"),
    ],
)
def test_a_restored_condition_is_the_created_one(created: str, restored: str) -> None:
    assert conditions.flattened(created) == conditions.flattened(restored)


@pytest.mark.parametrize(
    ("created", "changed"),
    [
        ("CHECK (((a OR b) AND c))", "CHECK ((a OR (b AND c)))"),
        ("CHECK ((x = '(a)'))", "CHECK ((x = 'a'))"),
        ("CHECK (((a OR b) OR c))", "CHECK ((a OR b OR d))"),
    ],
)
def test_a_changed_condition_is_another_one(created: str, changed: str) -> None:
    assert conditions.flattened(created) != conditions.flattened(changed)
