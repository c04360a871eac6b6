"""`make run`: start the database, migrate, load the demo studio, and serve the site until Ctrl-C.

The site runs as in production, but over plain HTTP and on the loopback address only.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Ctrl-C, a kill without -9, a closed terminal.
ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
# An hour, because the night begins at another time in each time zone.
SEAL_EVERY = 60 * 60
# Without HTTP/2, in which one connection may send hundreds of requests at once, without WebSockets,
# which no page opens, and with 64 kB of headers instead of 400 kB.
LIMITS = ["--http 1", "--no-ws", "--http1-buffer-size 65536"]
SIGN_INS = """
  Studio is at http://{host}:{port}/ (Ctrl-C ends it)

  Sign in as     to see
  desk           the front desk of Northside Pilates, as Mia
  evening        the same desk, as Noah
  owner          the same studio, as its owner
  accountant     the same studio, without a button
  other          another studio, Southside Yoga

  The password of each is studio-demo. Mia, Noah and Olivia, the owner, share the desk: press the
  full stop, the first letter of a name, and the PIN 4071.
"""


def main() -> None:
    # A shell that starts a process in the background lets it ignore SIGINT.
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    load_dotenv(BASE_DIR / ".env")
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    os.environ["HTTPS"] = "False"
    if hosts := os.environ.get("ALLOWED_HOSTS"):
        os.environ["ALLOWED_HOSTS"] = f"{hosts},{HOST},localhost"
    port = free_port(os.environ.get("PORT") or "8000")
    make_secret_key()
    try:
        # The web server reads the URL from the environment, for any PostgreSQL.
        os.environ["DATABASE_URL"] = prepare_database()
        serve(port)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("\nStopped. The data is kept: `make run` goes on from here.")


def free_port(port: str) -> str:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}: write a number, as in PORT=8001 make run")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except OSError as error:
            sys.exit(f"Port {port} is not free ({error.strerror}): try PORT=8001 make run")
    return port


def make_secret_key() -> None:
    """Generate the secret key once, in the data folder, from which the settings read it."""
    path = Path(os.environ.get("STUDIO_DATA_DIR") or BASE_DIR / "var") / "secret-key"
    if not os.environ.get("SECRET_KEY") and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))


def prepare_database() -> str:
    """Start the embedded database unless there is another, migrate, set up the roles, load the demo
    studio if the database is empty, and return the URL for the web server."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from studio.database import embedded

    # Use both cores of a small machine: a first start takes half a minute.
    with ThreadPoolExecutor() as pool:
        start = None if settings.DATABASE_URL else pool.submit(embedded.start, settings.DATA_DIR)
        django.setup()
        if start:
            start.result()
        call_command("migrate", verbosity=0)
        url = prepare_roles() or settings.DATABASE_URL
        collect = pool.submit(call_command, "collectstatic", interactive=False, verbosity=0)
        call_command("demo", if_empty=True)
        collect.result()
    seal()
    connections.close_all()
    return url


def prepare_roles() -> str | None:
    """Set up the roles and return the URL of studio_app. Return None, with a printed reason, if
    this login may not set them up."""
    from django.core.management import CommandError, call_command

    from studio.database import grants

    try:
        call_command("setup_roles", verbosity=0)
        reason = grants.login_problem()
    except CommandError as error:
        reason = str(error)
    if reason:
        print(f"The web process connects as the migrating login, with all its rights: {reason}")
        return None
    return grants.web_url()


def serve(port: str) -> None:
    """Run the web server until it exits or a signal arrives, and then stop all workers."""
    # A session of its own: Ctrl-C reaches only this process, which then stops the server.
    server = subprocess.Popen(  # noqa: S603
        web_server(port), cwd=BASE_DIR, start_new_session=True
    )
    try:
        wait_until_it_answers(server, port)
        print(SIGN_INS.format(host=HOST, port=port), flush=True)
        while is_running(server, for_seconds=SEAL_EVERY):
            seal()
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        server.terminate()
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
    if server.returncode:
        sys.exit(f"The web server ended with status {server.returncode}.")


def is_running(server: subprocess.Popen[bytes], *, for_seconds: float) -> bool:
    """Return whether the server still runs after this time, or False as soon as it exits."""
    try:
        server.wait(for_seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def seal() -> None:
    """Seal the days that have ended. If that fails, the site goes on, and tries again later."""
    from django.core.management import call_command
    from django.db import DatabaseError, connections

    try:
        call_command("seal", verbosity=0)
    except DatabaseError as error:
        print(f"The ledgers could not be sealed: {error}", file=sys.stderr)
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
    command += f" {' '.join(LIMITS)} --workers-kill-timeout 2 --log-level warning"
    if interface == "wsgi":
        command += " --blocking-threads 1"
    return [python, "-m", *command.split(), application]


def wait_until_it_answers(server: subprocess.Popen[bytes], port: str) -> None:
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, int(port))) == 0:
                return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
