"""`manage.py backup` writes the whole database to a file of its owner, once, or nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from studio.database import backup
from studio.database.backup import programs
from studio.models import Backup
from tests.archive.conftest import using
from tests.times import set_clock


def test_only_the_owner_reads_the_file_and_no_part_of_it_is_left(dump: Path) -> None:
    assert dump.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in dump.parent.iterdir()] == [dump.name]


def test_the_backup_is_recorded_after_it_is_whole(source: str, dump: Path) -> None:
    with using(source):
        recorded = Backup.objects.get(file_name=dump.name)
    assert recorded.size_bytes == dump.stat().st_size


def test_an_existing_file_is_never_replaced(source: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.dump"
    file.write_text("the only one")
    with using(source), pytest.raises(CommandError, match=r"exists already\. Name a new file"):
        call_command("backup", str(file))
    assert file.read_text() == "the only one"


def test_a_file_that_appears_during_the_dump_is_never_replaced(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.dump"
    real_run = programs.run

    def run_and_write(*arguments: object) -> object:
        file.write_text("of another program")
        return real_run(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(programs, "run", run_and_write)
    with using(source), pytest.raises(backup.NotWritten, match="exists already"):
        backup.write(file)
    assert file.read_text() == "of another program"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_dump_that_fails_leaves_no_file(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong_database(*arguments: object) -> tuple[str, dict[str, str]]:
        return "--dbname=host=/nowhere", {}

    monkeypatch.setattr(programs, "connection_options", wrong_database)
    with using(source), pytest.raises(CommandError, match="No backup was written: connection"):
        call_command("backup", str(tmp_path / "one.dump"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_one_sentence(source: str, tmp_path: Path) -> None:
    with using(source), pytest.raises(CommandError, match="cannot be written: No such file"):
        call_command("backup", str(tmp_path / "none" / "one.dump"))


def test_a_program_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(backup.ProgramMissing, match=r"The server is PostgreSQL 99.*client-99"):
        programs.find("pg_dump", 99)


def test_a_folder_gets_a_dated_file_and_loses_old_ones(
    source: str, tmp_path: Path, dated: Callable[[int], Path]
) -> None:
    old, recent = dated(31), dated(29)
    other = tmp_path / "letter.dump"
    other.touch()

    with using(source):
        call_command("backup", str(tmp_path), keep=30)

    assert not old.exists()
    assert recent.exists()
    assert other.exists()
    assert len(list(tmp_path.iterdir())) == 3


@pytest.fixture
def dated(tmp_path: Path) -> Callable[[int], Path]:
    """A function that makes the file of a backup some days ago."""

    def make(days: int) -> Path:
        path = tmp_path / backup.dated_name(timezone.now() - timedelta(days=days))
        path.touch()
        return path

    return make


@pytest.mark.django_db
def test_a_backup_by_another_program_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("backup", only_record="pgBackRest")
    assert backup.last_backup() == Backup.objects.get(file_name="pgBackRest", size_bytes=None)
    later = timezone.now() + timedelta(hours=3)
    set_clock(monkeypatch, lambda: later)
    age = backup.age_of_last()
    assert age is not None
    assert timedelta(hours=2) < age < timedelta(hours=4)


@pytest.mark.parametrize("arguments", [{}, {"keep": 3, "only_record": "pgBackRest"}])
def test_arguments_without_a_meaning_are_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(CommandError):
        call_command("backup", **arguments)
