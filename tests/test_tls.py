"""`check --deploy` reports a database connection that could be read or intercepted."""

import pytest

from studio.database.tls import unverified_hosts
from tests.processes import manage

OTHER_HOST = "postgresql://studio@db.example.com/studio"


@pytest.fixture(autouse=True)
def no_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "url",
    [
        OTHER_HOST,
        f"{OTHER_HOST}?sslmode=require",
        f"{OTHER_HOST}?sslmode=verify-ca",
        "postgresql://localhost,db.example.com/studio",
        "postgresql:///studio?host=db.example.com",
        "postgresql://localhost/studio?hostaddr=192.0.2.7",
        "postgresql://[2001:db8::7]/studio",
    ],
)
def test_other_host_without_verification_is_reported(url: str) -> None:
    (host,) = unverified_hosts(url)
    assert host in ("db.example.com", "192.0.2.7", "2001:db8::7")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql:///studio",
        "postgresql:///studio?host=/run/postgresql",
        "postgresql://localhost/studio",
        "postgresql://127.0.0.1:5433/studio",
        "postgresql://[::1]/studio",
        f"{OTHER_HOST}?sslmode=verify-full&sslrootcert=/etc/ca.crt",
        f"{OTHER_HOST}?sslrootcert=system",
    ],
)
def test_socket_loopback_and_verified_server_are_not_reported(url: str) -> None:
    assert unverified_hosts(url) == []


def test_environment_of_the_client_library_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert unverified_hosts(OTHER_HOST) == []
    monkeypatch.setenv("PGSSLMODE", "prefer")
    monkeypatch.setenv("PGHOST", "db.example.com")
    assert unverified_hosts("postgresql:///studio") == ["db.example.com"]


def test_deployment_check_prints_what_to_write() -> None:
    check = manage("check", "--deploy", SECRET_KEY="x" * 50, DATABASE_URL=OTHER_HOST)

    assert "(studio.W004) DATABASE_URL connects to db.example.com without" in check.stderr
    assert "Write DATABASE_URL=postgresql://…?sslmode=verify-full&sslrootcert=" in check.stderr
    assert "WEB_DATABASE_URL" not in check.stderr
