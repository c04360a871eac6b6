"""A dump that was restored on a server without our roles is an error, function by function."""

import pytest
from django.core.checks import ERROR
from django.core.management import CommandError, call_command
from django.db import connection

from studio.database import grants
from studio.database.checks import check_grants
from tests.database import make_role, rows, value

pytestmark = pytest.mark.usefixtures("no_roles")


def errors() -> list[str]:
    return [message.msg for message in check_grants() if message.level == ERROR]


def test_each_open_function_is_named() -> None:
    rows("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC")
    owner = value("SELECT current_user")
    kind = "the superuser " if value("SHOW is_superuser") == "on" else ""

    assert errors() == [
        f"PUBLIC may EXECUTE {signature}, which belongs to {kind}{owner}."
        for signature in sorted(grants.FUNCTIONS, key=lambda each: each.encode())
    ]
    with pytest.raises(CommandError, match="PUBLIC may EXECUTE release_session"):
        call_command("check", databases=["default"])

    grants.set_up(connection)
    assert check_grants() == []


def test_function_of_another_role_is_named() -> None:
    caller = make_role("EXECUTE ON FUNCTION release_session(uuid)")
    rows("GRANT EXECUTE ON FUNCTION release_session(uuid) TO PUBLIC")

    (error,) = errors()
    assert error.startswith(f"PUBLIC, {caller} may EXECUTE release_session(uuid)")


def test_database_before_its_first_set_up_is_no_error() -> None:
    assert errors() == []


def test_back_end_may_execute_its_functions_before_the_roles_exist() -> None:
    rows("CREATE ROLE service_role")
    rows("GRANT EXECUTE ON FUNCTION release_session(uuid) TO service_role")

    assert errors() == []
