"""`manage.py setup_roles` as superuser."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from studio.database import grants
from tests.database import rows
from tests.roles.catalog import privileges


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("setup_roles", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.usefixtures("no_roles")
def test_second_run_changes_nothing() -> None:
    assert run() == "studio_app and studio_ledger are set up.\n"
    before = privileges()
    assert run() == "studio_app and studio_ledger are already set up.\n"
    assert privileges() == before


def test_statements_are_idempotent(studio_roles: None) -> None:
    before = privileges()
    for statement in grants.statements(connection):
        rows(statement)
    assert privileges() == before


@pytest.mark.usefixtures("no_roles")
def test_printed_sql_has_the_same_effect() -> None:
    printed = run("--print")
    with transaction.atomic():
        run()
        expected = privileges()
        transaction.set_rollback(True)
    assert privileges() != expected

    body = printed.replace("\nBEGIN;\n", "").replace("\nCOMMIT;\n", "")
    assert len(body) == len(printed) - len("\nBEGIN;\n\nCOMMIT;\n")
    with connection.cursor() as cursor:
        cursor.connection.execute(body)
    assert privileges() == expected


def test_printed_sql_does_not_depend_on_the_current_grants(studio_roles: None) -> None:
    printed = run("--print")
    rows("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM studio_app")
    rows("ALTER FUNCTION use_session OWNER TO CURRENT_USER")

    assert run("--print") == printed


def test_grants_on_django_session_are_revoked(studio_roles: None) -> None:
    rows("CREATE TABLE django_session ()")
    rows("GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO studio_app")
    assert [difference.name for difference in grants.differences(connection)] == [
        "studio_app has rights on django_session, which is not in the matrix"
    ]

    assert run() == "studio_app and studio_ledger are set up.\n"

    assert grants.differences(connection) == []


@pytest.mark.usefixtures("no_roles")
def test_missing_migrations_are_an_error() -> None:
    rows("DROP TABLE studio_policy CASCADE")
    rows("DROP FUNCTION refund_purchase")

    with pytest.raises(CommandError) as refused:
        run()
    assert str(refused.value) == (
        "public.studio_policy, public.refund_purchase(uuid) do not exist. "
        "Run `python manage.py migrate` first."
    )


def test_unrepaired_differences_are_printed_with_their_command(
    studio_roles: None, capsys: pytest.CaptureFixture[str]
) -> None:
    rows("GRANT CREATE ON SCHEMA public TO PUBLIC")
    run()

    assert capsys.readouterr().err.splitlines()[0] == (
        "studio_app may CREATE in the schema public. "
        "Repair: REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    )
