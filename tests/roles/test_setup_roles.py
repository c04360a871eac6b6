"""`manage.py setup_roles`, as whoever may do everything."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from studio.database import grants
from tests.database import rows
from tests.roles.catalog import rights


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("setup_roles", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.usefixtures("no_roles")
def test_a_second_run_finds_nothing_to_do() -> None:
    assert run() == "studio_app and studio_ledger are set up.\n"
    once = rights()
    assert run() == "studio_app and studio_ledger are already set up.\n"
    assert rights() == once


def test_its_statements_run_twice_change_nothing(set_up: None) -> None:
    once = rights()
    for statement in grants.statements(connection):
        rows(statement)
    assert rights() == once


@pytest.mark.usefixtures("no_roles")
def test_what_it_prints_does_the_same() -> None:
    printed = run("--print")
    with transaction.atomic():
        run()
        expected = rights()
        transaction.set_rollback(True)
    assert rights() != expected

    body = printed.replace("\nBEGIN;\n", "").replace("\nCOMMIT;\n", "")
    assert len(body) == len(printed) - len("\nBEGIN;\n\nCOMMIT;\n")
    with connection.cursor() as cursor:
        cursor.connection.execute(body)
    assert rights() == expected


def test_what_it_prints_is_the_same_whatever_is_there_already(set_up: None) -> None:
    printed = run("--print")
    rows("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM studio_app")
    rows("ALTER FUNCTION use_session OWNER TO CURRENT_USER")

    assert run("--print") == printed


def test_it_takes_back_what_an_older_version_gave_on_its_sessions(set_up: None) -> None:
    rows("CREATE TABLE django_session ()")
    rows("GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO studio_app")
    assert [each.name for each in grants.differences(connection)] == [
        "studio_app has rights on django_session, which is not in the matrix"
    ]

    assert run() == "studio_app and studio_ledger are set up.\n"

    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_before_the_migrations_it_says_so() -> None:
    rows("DROP TABLE studio_policy")
    rows("DROP FUNCTION undo_reinstatement")

    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value) == (
        "public.studio_policy, public.undo_reinstatement(uuid): not there. "
        "Run `python manage.py migrate` first."
    )


def test_what_is_left_to_others_is_told_with_its_command(
    set_up: None, capsys: pytest.CaptureFixture[str]
) -> None:
    rows("GRANT CREATE ON SCHEMA public TO PUBLIC")
    run()

    assert capsys.readouterr().err.splitlines()[0] == (
        "studio_app may CREATE in the schema public. "
        "Repair: REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    )
