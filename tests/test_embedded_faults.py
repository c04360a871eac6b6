"""Faults of the data folder: one sentence and a remedy, and nothing is changed. A stale file of a
killed server does not stop the next one, and no other program ever gets a signal."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from studio.database import embedded
from studio.database.embedded import folder, keeper, postmaster
from tests.database import PATIENCE
from tests.processes import UNSET, let_postgres_enter, manage, run_python

is_root = os.geteuid() == 0
needs_root = pytest.mark.skipif(not is_root, reason="only root can mount a disk or lend its rights")
START = """
import sys
from pathlib import Path
from studio.database import embedded
print(embedded.start(Path(sys.argv[1])))
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A new folder with a short path, in which root's PostgreSQL may work."""
    made = let_postgres_enter(Path(mkdtemp(prefix="faults", dir="/tmp")).resolve())
    yield made
    embedded.stop(made)
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stopped_server() -> Iterator[Path]:
    """A data folder with a server that has been stopped. Tests that use it leave it so."""
    made = let_postgres_enter(Path(mkdtemp(prefix="faults", dir="/tmp")).resolve())
    start(made)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def running_server(stopped_server: Path, data_dir: Path) -> Path:
    """Start a copy of the stopped server, which takes less time than initdb."""
    subprocess.run(["cp", "-a", stopped_server / "postgres", data_dir], check=True)
    for name in postmaster.LOCK_FILES:
        (data_dir / "postgres" / name).unlink(missing_ok=True)
    embedded.ensure_running(data_dir)
    return data_dir


def start(data_dir: Path) -> None:
    """Start the server in a process of its own, whose end stops it."""
    done = run_python("-c", START, str(data_dir))
    assert done.stdout.strip() == str(data_dir / "postgres"), done.stderr


def refusal(data_dir: Path) -> str:
    """Return the one line with which `make run` refuses this folder."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = UNSET | {"STUDIO_DATA_DIR": str(data_dir), "PORT": str(port)}
    done = subprocess.run(
        [sys.executable, "-m", "studio.serve"],
        env={"PATH": os.environ["PATH"]} | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@contextmanager
def disk(at: Path, options: str) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", at], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def modes(path: Path) -> list[tuple[Path, int]]:
    return [(one, stat.S_IMODE(one.stat().st_mode)) for one in (path, *path.parents)]


@contextmanager
def innocent(account: postmaster.Account) -> Iterator[psutil.Process]:
    """Run another program than PostgreSQL, as the user who runs PostgreSQL."""
    user, group = account or (None, None)
    with subprocess.Popen(["sleep", "600"], user=user, group=group, cwd="/") as process:
        yield psutil.Process(process.pid)
        assert process.poll() is None, "somebody ended this program"
        process.kill()


# --- Files of a killed server ---------------------------------------------------------------------


def stale_file(pgdata: Path, process_id: int) -> str:
    return f"{process_id}\n{pgdata}\n1700000000\n5432\n{pgdata}\n\n  1234567  0\nready   \n"


def test_a_process_id_of_another_program_neither_stops_the_start_nor_that_program(
    stopped_server: Path,
) -> None:
    pgdata = stopped_server / "postgres"
    account = folder.account(pgdata)
    with innocent(account) as other:
        files = [pgdata / "postmaster.pid", pgdata / f"{postmaster.SOCKET}.lock"]
        for file in files:
            file.write_text(stale_file(pgdata, other.pid))
            if account:
                os.chown(file, *account)
        # PostgreSQL alone takes the other program for its server.
        pg_ctl = [str(postmaster.program("pg_ctl")), "-D", str(pgdata), "-W", "-t", "5"]
        arguments = ["-l", str(pgdata / "log"), "-o", f'-h "" -k {pgdata}', "-w", "start"]
        assert postmaster.run([*pg_ctl, *arguments], account).returncode != 0

        assert not embedded.is_running(stopped_server)
        embedded.stop(stopped_server)
        start(stopped_server)


@pytest.mark.parametrize("content", ["", "\n", "garbage\n", "-1\n", f"{10**20}\n", "1\n"])
def test_a_broken_file_of_the_server_does_not_stop_the_start(
    stopped_server: Path, content: str
) -> None:
    (stopped_server / "postgres" / "postmaster.pid").write_text(content)
    (stopped_server / "postgres" / ".handle_pids.json").write_text("{")
    assert not embedded.is_running(stopped_server)
    if content in ("", "garbage\n"):
        start(stopped_server)


def test_a_server_of_another_folder_is_not_taken_for_this_one(
    stopped_server: Path, running_server: Path
) -> None:
    other = postmaster.find(running_server / "postgres")
    assert other is not None
    pgdata = stopped_server / "postgres"
    (pgdata / "postmaster.pid").write_text(stale_file(pgdata, other.pid))

    assert postmaster.find(pgdata) is None
    embedded.stop(stopped_server)

    assert postmaster.find(running_server / "postgres") == other


def test_a_server_whose_processes_were_left_behind_starts_again(running_server: Path) -> None:
    """A process that is stopped cannot notice that the server's main process was killed."""
    main = postmaster.find(running_server / "postgres")
    assert main is not None
    left_behind = main.children()[0]
    left_behind.send_signal(signal.SIGSTOP)
    main.kill()
    psutil.wait_procs([main], timeout=10)

    left_behind.send_signal(signal.SIGCONT)
    assert embedded.ensure_running(running_server)

    assert psutil.wait_procs([left_behind], timeout=PATIENCE)[1] == []
    embedded.wait_until_ready(running_server)


def test_a_server_that_neither_answers_nor_recovers_is_started_again(
    running_server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "LOOK_EVERY", 0)
    monkeypatch.setattr(postmaster, "STOP_PATIENCE", 0.5)
    stuck = postmaster.find(running_server / "postgres")
    assert stuck is not None
    keeping = keeper.Keeper(running_server)
    assert not keeping.keep(), "the server answers"

    # A stopped process accepts no connection, as a main process that waits for ever.
    stuck.send_signal(signal.SIGSTOP)
    looks = [keeping.keep() for _ in range(postmaster.MOST_STUCK)]

    assert looks == [False, False, True]
    assert psutil.wait_procs([stuck], timeout=PATIENCE)[1] == []
    embedded.wait_until_ready(running_server)


def test_a_server_that_recovers_is_not_stuck(
    running_server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "accepts_connections", lambda pgdata: False)
    assert postmaster.is_stuck(running_server / "postgres")
    monkeypatch.setattr(postmaster, "_titles", lambda process: ["postgres: startup recovering"])
    assert not postmaster.is_stuck(running_server / "postgres")


def test_a_creation_that_was_killed_is_begun_again(data_dir: Path) -> None:
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")

    start(data_dir)

    assert not (data_dir / "postgres.new").exists()


# --- Unsuitable folders ---------------------------------------------------------------------------


@needs_root
def test_a_full_disk_is_refused_before_anything_is_written(data_dir: Path) -> None:
    with disk(data_dir, "size=64m,mode=755"):
        assert "its disk has 64 MB free and needs 200 MB. Make room" in refusal(data_dir)
        assert [*data_dir.iterdir()] == []


@needs_root
def test_a_disk_that_filled_up_is_refused_until_there_is_room(data_dir: Path) -> None:
    with disk(data_dir, "size=256m,mode=755"):
        start(data_dir)
        filling = data_dir / "filling"
        with filling.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, psutil.disk_usage(str(data_dir)).free - 2**20)
        assert "its disk has 1 MB free and needs 48 MB. Make room" in refusal(data_dir)
        filling.unlink()
        start(data_dir)


@needs_root
def test_a_read_only_disk_is_refused(data_dir: Path) -> None:
    with disk(data_dir, "size=1m,ro,mode=755"):
        assert f"{data_dir} is read-only for this user" in refusal(data_dir)


@pytest.mark.skipif(is_root, reason="root may write to every folder")
def test_a_read_only_folder_is_refused(data_dir: Path) -> None:
    data_dir.chmod(0o500)
    assert f"{data_dir} is read-only for this user" in refusal(data_dir)


@needs_root
def test_a_folder_in_a_closed_one_is_refused_and_stays_closed(data_dir: Path) -> None:
    """The package would have opened /root, and each folder above, to every user."""
    closed = data_dir / "root"
    closed.mkdir(mode=0o700)
    before = modes(closed)

    message = refusal(closed / "project" / "data")

    assert f"may not enter {closed}. Run the site as another user" in message
    assert modes(closed) == before
    assert [*closed.iterdir()] == []


def test_a_command_says_the_same_in_one_line(data_dir: Path) -> None:
    environment = {"SECRET_KEY": "x", "STUDIO_DATA_DIR": str(data_dir / ("long" * 30))}
    done = manage("migrate", **environment)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "bytes too long for a socket. Write a shorter folder" in done.stderr


def test_files_of_another_program_or_version_are_refused(data_dir: Path) -> None:
    pgdata = data_dir / "postgres"
    pgdata.mkdir()
    folder.check(data_dir)
    (pgdata / "letter.txt").touch()
    with pytest.raises(ImproperlyConfigured, match="has files, but no complete server"):
        folder.check(data_dir)
    (pgdata / "global").mkdir()
    (pgdata / "global" / "pg_control").touch()
    (pgdata / "PG_VERSION").write_text("16\n")
    with pytest.raises(ImproperlyConfigured, match="its files are of PostgreSQL 16, not 18"):
        folder.check(data_dir)


def test_a_file_in_the_place_of_the_folder_is_refused(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="is not a folder"):
        folder.check(data_dir / "file" / "data")
