"""Run the web server and the embedded database of `make run`, and restart each one that ends.

granian replaces a worker that was killed. If a new worker is killed too, within 5.5 seconds,
granian ends, and this module starts it again. If this process is killed, all of them end.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from studio.database.embedded.keeper import Keeper

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Ctrl-C, a kill without -9, a closed terminal.
ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
# An hour, because the night begins at another time in each time zone.
SEAL_EVERY = 60 * 60
# Seconds between two looks at the web server and the database.
TICK = 0.25
# A first start that fails so often has a reason that a further one does not remove. A web server
# that has answered once is started again without end.
MOST_STARTS = 3
# Without HTTP/2, in which one connection may send hundreds of requests at once, without WebSockets,
# which no page opens, and with 64 kB of headers instead of 400 kB.
LIMITS = ["--http 1", "--no-ws", "--http1-buffer-size 65536"]
# A worker keeps this many connections of browsers open, instead of 512. More are not answered.
LIMITS += ["--backlog 4096", "--backpressure 4096"]


def serve(port: str, text: str = "", data_dir: Path | None = None) -> None:
    """Run the web server until a signal arrives, and then stop all workers. Print the text once
    the server answers. With a data folder, keep its embedded database running too."""
    server = start(port)
    try:
        starts = 1
        while not wait_until_it_answers(server, port):
            if starts == MOST_STARTS:
                sys.exit(f"The web server ended with status {server.returncode}.")
            server = start(port)
            starts += 1
        print(text, flush=True)
        Thread(target=seal_every_hour, daemon=True).start()
        database = Database(data_dir)
        while True:
            if has_ended(server, within=TICK):
                tell(f"The web server ended with status {server.returncode}. It starts again.")
                time.sleep(TICK)
                server = start(port)
            database.keep()
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        stop(server)


def start(port: str) -> subprocess.Popen[bytes]:
    python, _, *command = web_server(port)
    # A session of its own: Ctrl-C reaches only this process, which then stops the server.
    return subprocess.Popen(  # noqa: S603
        [python, "-m", "studio.parent_process", str(os.getpid()), *command],
        cwd=BASE_DIR,
        start_new_session=True,
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)


def has_ended(server: subprocess.Popen[bytes], *, within: float) -> bool:
    """Return True as soon as the server exits, or False after this time."""
    try:
        server.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


class Database:
    """The embedded database, if the site uses it."""

    def __init__(self, data_dir: Path | None) -> None:
        self.data_dir = data_dir
        self.complaint = ""

    @cached_property
    def keeper(self) -> "Keeper | None":
        from studio.database.embedded.keeper import Keeper

        return Keeper(self.data_dir) if self.data_dir else None

    def keep(self) -> None:
        """Start the database if it has ended. If that fails, print why once, and go on."""
        try:
            if self.keeper and self.keeper.keep():
                tell("The database had ended. It was started again.")
            self.complaint = ""
        except (ImproperlyConfigured, OSError) as error:
            if str(error) != self.complaint:
                tell(str(error))
            self.complaint = str(error)


def tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def seal_every_hour() -> None:
    """Seal at once and every hour, in a thread, because a restart must not wait for it."""
    while True:
        seal()
        time.sleep(SEAL_EVERY)


def seal() -> None:
    """Seal the days that have ended. If that fails, the site goes on, and tries again later."""
    from django.core.management import call_command
    from django.db import DatabaseError, connections

    try:
        call_command("seal", verbosity=0)
    except DatabaseError as error:
        tell(f"The ledgers could not be sealed: {error}")
    finally:
        connections.close_all()


def web_server(
    port: str,
    application: str = "studio.rsgi:application",
    *,
    interface: str = "rsgi",
    workers: int = 2,
    python: str = sys.executable,
) -> list[str]:
    command = f"granian --interface {interface} --host {HOST} --port {port} --workers {workers}"
    # A reload stops a worker 10 seconds after the start of its successor, which a loaded machine
    # needs to load the site.
    command += f" {' '.join(LIMITS)} --respawn-failed-workers --respawn-interval 10"
    command += " --workers-kill-timeout 2 --log-level warning"
    if interface == "wsgi":
        command += " --blocking-threads 1"
    return [python, "-m", *command.split(), application]


def wait_until_it_answers(server: subprocess.Popen[bytes], port: str) -> bool:
    """Return True once the server accepts connections, or False if it exits before."""
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, int(port))) == 0:
                return True
        time.sleep(0.05)
    return False
