"""`manage.py upgrade` stops before anything is changed, and says what to do and how to go back."""

import os
import shutil
from datetime import timedelta
from io import StringIO
from typing import NamedTuple

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from studio.database import backup, grants, upgrade
from studio.management.commands import upgrade as command
from tests.database import acting_as, make_role, rows, value
from tests.times import set_clock


class Usage(NamedTuple):
    free: int


pytestmark = pytest.mark.django_db


def refusal() -> str:
    """Run the command, which must refuse, and return the problems. No step may run."""
    before = value("SELECT count(*) FROM django_migrations")
    with pytest.raises(CommandError) as refused:
        call_command("upgrade", stdout=StringIO(), stderr=StringIO())
    assert value("SELECT count(*) FROM django_migrations") == before
    head, _, problems = str(refused.value).partition("\n")
    assert head == "Nothing was changed. Change this first:"
    return problems


def dry_run() -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("upgrade", "--dry-run", stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_a_sound_database_can_be_upgraded() -> None:
    rows("DELETE FROM django_migrations WHERE app = 'studio' AND name = '0012_backups'")
    rows("DROP TABLE studio_backup")
    out, errors = dry_run()
    assert "Would run the migration studio.0012_backups." in out
    assert "every step can run" in out
    assert "No backup is recorded." in errors


def test_an_old_backup_is_a_warning_and_a_recent_one_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backup.record("studio.dump", 1_000)
    assert dry_run()[1] == ""
    later = timezone.now() + timedelta(days=2)
    set_clock(monkeypatch, lambda: later)
    assert "hours old. Make one first" in dry_run()[1]


def test_a_database_of_a_newer_version_is_refused() -> None:
    rows("INSERT INTO django_migrations (app, name, applied) VALUES ('studio', '9999_x', now())")
    assert "another version, with the migration studio.9999_x" in refusal()


def test_a_database_that_drifted_is_refused() -> None:
    rows("DROP TRIGGER record_session_event ON client_purchases")
    problems = refusal()
    assert "The trigger record_session_event of client_purchases is missing" in problems
    assert "python manage.py repair" in problems


def test_a_read_only_database_is_refused() -> None:
    with transaction.atomic():
        rows("SET TRANSACTION READ ONLY")
        assert refusal() == "  - The database is read-only. Connect to the primary."
        transaction.set_rollback(True)


def test_a_login_that_does_not_own_the_tables_is_refused() -> None:
    role = make_role("SELECT ON ALL TABLES IN SCHEMA public")
    with acting_as(role):
        problems = refusal()
    assert "The table client_purchases belongs to postgres." in problems
    assert "may not create tables in the schema public" in problems


def test_a_full_disk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(50 * 2**20))
    assert "The disk has 50 MB free, and an upgrade may need " in refusal()


def test_a_read_only_folder_of_static_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "The static files cannot be written" in refusal()


def test_a_login_that_may_not_create_missing_roles_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise grants.NotAllowed("The login studio may not create roles")

    monkeypatch.setattr(grants, "refuse_missing_roles", refuse)
    assert "The login studio may not create roles" in refusal()


def test_a_step_that_fails_says_what_was_done_and_how_to_go_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = [("check", {}), ("check_ledger", {"purchase": "no id"})]
    monkeypatch.setattr(command, "STEPS", steps)
    with pytest.raises(CommandError, match=r"check_ledger failed: .*\nDone before it: check\. "):
        call_command("upgrade", stdout=StringIO(), stderr=StringIO())


def test_the_way_back_is_a_command_for_each_app() -> None:
    plan = upgrade.Plan(
        migrations=[("purchases", "0002_b"), ("auth", "0013_c"), ("studio", "0003_d")],
        before={"purchases": "0001_a", "studio": "0002_c"},
        is_new=False,
        irreversible=[],
    )
    text = command.Command.way_back(plan)
    assert text.endswith(
        "python manage.py migrate purchases 0001_a; python manage.py migrate studio 0002_c"
    )
    only_backup = upgrade.Plan(plan.migrations, plan.before, False, ["purchases.0002_b"])
    assert "no command reverses purchases.0002_b" in command.Command.way_back(only_backup)
