"""`manage.py doctor` names each seeded fault, and says what to run."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from purchases import clock
from purchases.models import Org
from studio.database import backup
from studio.database.postgresql import pooler
from studio.doctor import LOOKS, Level, examine, of_database, of_machine
from studio.doctor.result import Result, error, ok, warning
from tests.database import rows
from tests.factories import make_purchase
from tests.outages.pgbouncer import MovingPooler
from tests.processes import NO_DATABASE, manage
from tests.roles.conftest import rename_existing_roles

OTHER_HOST = "postgresql://studio@db.example.com/studio"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    of_database.forget()
    yield
    of_database.forget()


# --- Each look finds its fault --------------------------------------------------------------------


def test_a_setting_that_is_wrong(settings: Settings) -> None:
    settings.SESSION_COOKIE_AGE = 30 * 3600
    result = of_machine.settings_look()
    assert result.level is Level.ERROR
    assert "A session lasts 30 hours" in result.text
    assert "Write SESSION_HOURS=12" in result.text


def test_static_files_that_were_not_collected(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    result = of_machine.static_files()
    assert result.level is Level.ERROR
    assert result.text.endswith("python manage.py collectstatic --no-input")
    (tmp_path / "staticfiles.json").touch()
    assert of_machine.static_files().level is Level.OK


@pytest.mark.parametrize(
    ("megabytes", "level"), [(100, Level.ERROR), (3_000, Level.WARNING), (9_000, Level.OK)]
)
def test_a_disk_that_is_full(monkeypatch: pytest.MonkeyPatch, megabytes: int, level: Level) -> None:
    monkeypatch.setattr(of_machine, "free_bytes", lambda folder: megabytes * of_machine.MEGABYTE)
    result = of_machine.disk()
    assert result.level is level
    assert f"{megabytes:,} MB are free" in result.text


@pytest.mark.django_db
def test_a_database_that_is_read_only() -> None:
    assert of_database.reachable().level is Level.OK
    with transaction.atomic():
        rows("SET TRANSACTION READ ONLY")
        result = of_database.reachable()
        transaction.set_rollback(True)
    assert result.level is Level.ERROR
    assert "pg_promote()" in result.text


@pytest.mark.django_db
def test_a_pooler_that_shares_connections(
    login: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert of_database.pooler_look() == ok("Between this machine and PostgreSQL is no pooler.")
    with MovingPooler(login).running() as moving:
        monkeypatch.setattr(connection, "get_connection_params", lambda: moving.parameters)
        assert of_database.pooler_look() == error(pooler.SHARED)


@pytest.mark.django_db
def test_a_connection_without_verified_tls(settings: Settings) -> None:
    assert of_database.encryption().level is Level.OK
    settings.DATABASE_URL = OTHER_HOST
    result = of_database.encryption()
    assert result.level is Level.WARNING
    assert "sslmode=verify-full" in result.text


@pytest.mark.django_db
def test_a_migration_that_is_missing() -> None:
    assert of_database.migrations().level is Level.OK
    rows("DELETE FROM django_migrations WHERE (app, name) = ('studio', '0001_accounts')")
    result = of_database.migrations()
    assert result.level is Level.ERROR
    assert "studio.0001_accounts" in result.text
    assert "python manage.py migrate" in result.text


@pytest.mark.django_db
@pytest.mark.breaks_the_ledger
def test_a_trigger_that_is_off() -> None:
    rows("ALTER TABLE session_events DISABLE TRIGGER forbid_change")
    result = of_database.drift()
    assert result.level is Level.ERROR
    assert "forbid_change of session_events is disabled" in result.text
    assert "python manage.py repair" in result.text


@pytest.mark.django_db
def test_a_right_that_is_too_much() -> None:
    # Roles of another database on the server would lack their rights here.
    rename_existing_roles()
    rows("GRANT EXECUTE ON FUNCTION public.release_session(uuid) TO PUBLIC")
    result = of_database.roles()
    assert result.level is Level.ERROR
    assert "release_session" in result.text


@pytest.mark.django_db
def test_a_clock_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock._Difference, "value", timedelta(hours=1))
    result = of_database.clock_look()
    assert result.level is Level.WARNING
    assert "3,600 seconds behind" in result.text
    monkeypatch.setattr(clock._Difference, "value", timedelta(seconds=-9))
    assert "9 seconds ahead of" in of_database.clock_look().text


@pytest.mark.django_db
def test_a_backup_that_is_missing_or_old() -> None:
    result = of_database.backup_look()
    assert result.level is Level.WARNING
    assert result.text.endswith("python manage.py backup FILE")
    backup.record("monday.dump", 1_000)
    assert of_database.backup_look() == ok("The last backup is 0 hours old.")
    rows("UPDATE studio_backup SET finished_at = now() - interval '3 days'")
    result = of_database.backup_look()
    assert result.level is Level.WARNING
    assert "3 days old: systemctl status studio-backup.timer" in result.text


def test_days_that_are_not_sealed(
    northside: Org, later: Callable[[timedelta], None], settings: Settings
) -> None:
    make_purchase(org=northside)
    call_command("seal", verbosity=0)
    assert of_database.seals_look() == ok("Every day that is over is sealed.")
    later(timedelta(days=1, hours=4))
    assert of_database.seals_look().level is Level.WARNING
    later(timedelta(days=4))
    result = of_database.seals_look()
    assert result.level is Level.ERROR
    assert "python manage.py seal" in result.text


# --- The command ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_a_line_a_look_and_fails_for_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results: dict[str, Result] = {look.name: ok("It is well.") for look in LOOKS}

    def printed() -> list[str]:
        monkeypatch.setattr("studio.management.commands.doctor.examine", results.items)
        out = StringIO()
        call_command("doctor", stdout=out, no_color=True)
        return out.getvalue().splitlines()

    results["disk"] = warning("There is little room: df -h /")
    lines = printed()
    assert [line.split()[0] for line in lines].count("ok") == len(LOOKS) - 1
    assert "warning  disk          There is little room: df -h /" in lines
    results["disk"] = error("There is no room: df -h /")
    with pytest.raises(SystemExit) as ended:
        printed()
    assert ended.value.code == 1


@pytest.mark.django_db
def test_a_look_that_ends_with_an_error_of_the_database_is_a_line_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.doctor.looks.LOOKS", LOOKS[-2:])
    rows("ALTER TABLE seals RENAME TO not_here")
    (_, of_clock), (_, of_seals) = examine()
    assert of_clock.level is Level.OK
    assert of_seals == error("The tables are missing: python manage.py migrate")


def test_without_a_database_only_its_first_look_is_printed() -> None:
    result = manage("doctor", "--no-color", SECRET_KEY="x" * 50, DATABASE_URL=NO_DATABASE)
    assert result.returncode == 1, result.stderr
    lines = {line[9:22].strip(): line for line in result.stdout.splitlines()}
    assert list(lines) == ["settings", "static files", "disk", "database"]
    assert lines["database"].startswith("error")
    assert "The connection was lost. Look at DATABASE_URL" in lines["database"]
