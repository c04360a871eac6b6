"""`make run`: its checks at the start, the secret key, and its end by a signal."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import OperationalError

from studio import serve, supervisor
from tests.database import PATIENCE
from tests.processes import let_postgres_enter


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "8000.5"])
def test_an_invalid_port_is_refused_with_a_message(port: str) -> None:
    with pytest.raises(SystemExit, match="write a number, as in PORT=8001 make run"):
        serve.free_port(port)


def test_the_deployment_guide_has_the_limits_of_the_server() -> None:
    guide = (settings.BASE_DIR / "docs" / "deployment.md").read_text()
    [command] = [line for line in guide.splitlines() if line.startswith("granian ")]
    unit = (settings.BASE_DIR / "docs" / "deployment" / "studio.service").read_text()
    for option in (*supervisor.LIMITS, "--respawn-failed-workers"):
        assert option in command
        assert option in unit
        assert option in " ".join(supervisor.web_server("8000"))


def test_a_port_in_use_is_refused_with_a_message() -> None:
    with socket.socket() as taken:
        taken.bind((supervisor.HOST, 0))
        taken.listen()
        with pytest.raises(SystemExit, match="is not free"):
            serve.free_port(str(taken.getsockname()[1]))


def test_the_secret_key_is_created_once_and_readable_only_by_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY")
    serve.make_secret_key(tmp_path / "data")
    key = tmp_path / "data" / "secret-key"
    first = key.read_text()
    assert len(first) > 50
    assert key.stat().st_mode & 0o777 == 0o600
    serve.make_secret_key(tmp_path / "data")
    assert key.read_text() == first


def environment(data_dir: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ["PATH", "HOME"] if name in os.environ}
    with socket.socket() as free:
        free.bind((supervisor.HOST, 0))
        port = free.getsockname()[1]
    return inherited | {"STUDIO_DATA_DIR": str(data_dir), "PORT": str(port), "DATABASE_URL": ""}


def test_a_data_folder_with_a_space_is_refused_with_a_message(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "studio.serve"],
        env=environment(tmp_path / "my data"),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 1
    assert "the path has a space" in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    let_postgres_enter(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-m", "studio.serve"],
        env=environment(tmp_path / "data") | {"ALLOWED_HOSTS": "desk.example.com"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as site:
        yield site
        site.kill()


def test_a_verbatim_copy_of_the_example_serves_on_the_embedded_database(tmp_path: Path) -> None:
    """The site runs from a copy of the project, because it reads the `.env` beside manage.py."""
    project = let_postgres_enter(tmp_path) / "project"
    for folder in ("purchases", "studio", "templates"):
        shutil.copytree(settings.BASE_DIR / folder, project / folder)
    shutil.copy(settings.BASE_DIR / "manage.py", project)
    shutil.copy(settings.BASE_DIR / ".env.example", project / ".env")
    port = {"PORT": environment(tmp_path)["PORT"]}
    with subprocess.Popen(
        [sys.executable, "-m", "studio.serve"],
        env={name: os.environ[name] for name in ["PATH", "HOME"] if name in os.environ} | port,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as site:
        try:
            assert site.stdout
            output = ""
            while "http://" not in output:
                line = site.stdout.readline()
                assert line, output
                output += line
            assert b"200 OK" in healthz_status(supervisor.HOST, int(port["PORT"]))
            assert (project / "var" / "postgres" / "postmaster.pid").exists()
        finally:
            site.terminate()


def logins(postmaster: psutil.Process) -> set[str]:
    """Return the roles of the open connections, which the titles of their processes name."""
    found = set()
    for process in postmaster.children():
        with suppress(psutil.NoSuchProcess):
            title = " ".join(process.cmdline())
            if "[local]" in title:
                found.add(title.split()[1])
    return found


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_stops_the_server_and_the_database(
    running: subprocess.Popen[str], tmp_path: Path, signal_name: str
) -> None:
    assert running.stdout
    address = next(line for line in running.stdout if "http://" in line).split("http://")[1]
    host, port = address.split("/")[0].split(":")
    assert b"200 OK" in healthz_status(host, int(port))
    pid = (tmp_path / "data" / "postgres" / "postmaster.pid").read_text().split()[0]
    postmaster = psutil.Process(int(pid))
    # The connection that prepared the database may still be ending.
    until = time.monotonic() + PATIENCE
    while logins(postmaster) != {"studio_app"} and time.monotonic() < until:
        time.sleep(0.05)
    assert logins(postmaster) == {"studio_app"}

    running.send_signal(signal.Signals[signal_name])
    running.wait(timeout=60)

    with pytest.raises(ConnectionRefusedError):
        healthz_status(host, int(port))
    assert psutil.wait_procs([postmaster], timeout=60) == ([postmaster], [])


def test_the_end_of_the_server_is_noticed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        assert not supervisor.has_ended(server, within=0.01)
        server.communicate(b"\n")
        assert supervisor.has_ended(server, within=60)


def test_a_seal_that_fails_does_not_end_the_site(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OperationalError("the database is restarting")

    monkeypatch.setattr("django.core.management.call_command", fail)

    supervisor.seal()

    assert "could not be sealed: the database is restarting" in capsys.readouterr().err


def healthz_status(host: str, port: int) -> bytes:
    """Request /healthz and return the status line of the response."""
    with socket.create_connection((host, port), timeout=30) as connection:
        request = f"GET /healthz HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        return connection.makefile("rb").readline()
