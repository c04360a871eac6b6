"""Run each command from `migrate` to the web process on a separate database."""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import DjangoDbBlocker

from tests.database import another_connection
from tests.processes import manage, run_python

PASSWORDS = """
    SELECT rolname::text, rolpassword FROM pg_authid
    WHERE rolname IN ('studio_app', 'studio_ledger')
"""
ALREADY_SET_UP = "studio_app and studio_ledger are already set up."


@dataclass(frozen=True)
class Server:
    """A migrated database on the test server, with a data folder."""

    url: str
    name: str
    data_dir: Path

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command and return its output."""
        own = {"DATABASE_URL": self.url, "SECRET_KEY": "x", "STUDIO_DATA_DIR": str(self.data_dir)}
        result = manage(*arguments, **own | environment)
        assert result.returncode == 0, result.stderr
        return (result.stdout + result.stderr).strip()


@pytest.fixture(scope="module")
def server(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    name = f"test_roles_{uuid4().hex}"
    with django_db_blocker.unblock(), another_connection() as superuser:
        info = connection.connection.info
        url = make_conninfo(info.dsn, password=info.password or None, dbname=name)
        before = dict(superuser.execute(PASSWORDS).fetchall())
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING utf8")
        try:
            server = Server(url, name, tmp_path_factory.mktemp("data"))
            server.manage("migrate")
            yield server
        finally:
            superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
            for role in {"studio_app", "studio_ledger"} - {*before}:
                superuser.execute(f"DROP ROLE IF EXISTS {role}")
            # Restore the passwords for another site on this server.
            for role, password in before.items():
                quoted = f"'{password}'" if password else "NULL"
                superuser.execute(f"ALTER ROLE {role} PASSWORD {quoted}")


def test_printed_sql_runs_unchanged(server: Server) -> None:
    printed = server.manage("setup_roles", "--print")
    with psycopg.connect(server.url, autocommit=True) as dba:
        dba.execute(printed)
        dba.execute(printed)

    assert server.manage("setup_roles").splitlines()[0] == ALREADY_SET_UP


def test_web_process_connects_with_its_own_role_and_timeouts(server: Server) -> None:
    server.manage("setup_roles", "--set-password")
    url = server.manage("database_url", "--web")

    with psycopg.connect(url, autocommit=True) as web:
        for setting, expected in [
            ("session_user", "studio_app"),
            ("current_database()", server.name),
            ("current_setting('lock_timeout')", "3s"),
            ("current_setting('statement_timeout')", "4s"),
            ("current_setting('idle_in_transaction_session_timeout')", "10s"),
        ]:
            assert web.execute(f"SELECT {setting}::text").fetchone() == (expected,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("UPDATE client_purchases SET sessions_used = 0")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("SET ROLE studio_ledger")
    assert server.manage("setup_roles") == ALREADY_SET_UP


def test_password_is_generated_once_and_readable_by_its_user_only(server: Server) -> None:
    url = server.manage("database_url", "--web")
    password_file = server.data_dir / "studio-app-password"

    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    assert len(password := password_file.read_text()) > 40
    assert password in url
    assert server.manage("database_url", "--web") == url


def test_url_from_the_environment_takes_precedence(server: Server, tmp_path: Path) -> None:
    own = make_conninfo(server.url, user="studio_app", password="of our own")

    output = server.manage(
        "database_url", "--web", WEB_DATABASE_URL=own, STUDIO_DATA_DIR=str(tmp_path)
    )
    assert output == own
    assert not [*tmp_path.iterdir()]


def test_make_run_serves_as_studio_app(server: Server) -> None:
    assert prepared_by(server.url, server.data_dir).startswith("postgresql:///?user=studio_app&")


def test_make_run_warns_if_it_may_not_set_up_roles(server: Server, tmp_path: Path) -> None:
    """The roles exist, and this login may not change them."""
    login = f"login_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'plain' IN ROLE pg_read_all_data")
        superuser.execute(f"GRANT pg_write_all_data TO {login}")
        try:
            url = make_conninfo(server.url, user=login, password="plain")
            superuser.execute("ALTER ROLE studio_app IN DATABASE " + server.name + " RESET ALL")
            *_, warning, served_url = prepared_by(url, tmp_path).splitlines()
        finally:
            superuser.execute(f"DROP OWNED BY {login}")
            superuser.execute(f"DROP ROLE {login}")
    assert re.match(
        "The web process connects as the migrating login, with all its rights: .*", warning
    )
    assert "studio_app has no setting lock_timeout=3s in this database" in warning
    assert served_url == url


def test_make_run_leaves_no_account_in_a_database_that_somebody_named(server: Server) -> None:
    prepared_by(server.url, server.data_dir)

    with psycopg.connect(server.url) as other:
        assert other.execute("SELECT count(*) FROM studio_user").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM orgs").fetchone() == (0,)


def test_the_demo_is_refused_by_hand_too(server: Server) -> None:
    own = {"DATABASE_URL": server.url, "SECRET_KEY": "x", "STUDIO_DATA_DIR": str(server.data_dir)}
    for options in ([], ["--force"], ["--if-empty"]):
        refused = manage("demo", *options, **own)
        assert refused.returncode == 1
        assert "for the embedded database only. Nothing was loaded" in refused.stderr
    with psycopg.connect(server.url) as other:
        assert other.execute("SELECT count(*) FROM studio_user").fetchone() == (0,)


PREPARE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
from django.core import management
from studio import serve
call = management.call_command
management.call_command = lambda name, **options: (
    call(name, **options) if name != "collectstatic" else None)
print(serve.prepare_database(is_demo=True))
"""


def prepared_by(url: str, data_dir: Path) -> str:
    """Return the output of serve.prepare_database(), whose last line is the URL of the web server.

    The command collectstatic is skipped.
    """
    environment = {"DATABASE_URL": url, "SECRET_KEY": "x", "STUDIO_DATA_DIR": str(data_dir)}
    result = run_python("-c", PREPARE, **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
