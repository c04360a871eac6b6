"""`make run` and `make start`: start the database, migrate, and serve the site until Ctrl-C.

`make run` loads the demo studio into an empty embedded database. `make start` loads nothing, and
prints the link with which the first owner begins. The site runs as in production, but over plain
HTTP and on the loopback address only.
"""

import errno
import os
import secrets
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from studio.supervisor import BASE_DIR, ENDINGS, HOST, serve

# No room, no rights, a read-only disk, a quota.
UNWRITABLE = {errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EPERM}
REMEDY = "Make room, or write another folder, as in STUDIO_DATA_DIR=/tmp/studio make run"
IS_AT = """
  Studio is at http://{host}:{port}/ (Ctrl-C ends it)
"""
DEMO = """
  Sign in as     to see
  desk           the front desk of Northside Pilates, as Mia
  evening        the same desk, as Noah
  owner          the same studio, as its owner
  accountant     the same studio, without a button
  other          another studio, Southside Yoga

  The password of each is studio-demo. Mia, Noah and Olivia, the owner, share the desk: press the
  full stop, the first letter of a name, and the PIN 4071.
"""
WITHOUT_DEMO = """
  This is the database of DATABASE_URL. The demo is for the embedded database only, so no account
  was added. `make start`, or `manage.py create_studio`, begins a studio of your own there.
"""
BEGIN = """
  Begin here, with your studio and its owner. The link works until the first owner exists:
  http://{host}:{port}{path}
"""
# The folder of `make start`, beside `var` of the demo.
OWN_DATA = "data"


def main(arguments: list[str]) -> None:
    is_demo = arguments != ["start"]
    # A shell that starts a process in the background lets it ignore SIGINT.
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    load_dotenv(BASE_DIR / ".env")
    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    os.environ["HTTPS"] = "False"
    if hosts := os.environ.get("ALLOWED_HOSTS"):
        os.environ["ALLOWED_HOSTS"] = f"{hosts},{HOST},localhost"
    if not is_demo and not os.environ.get("STUDIO_DATA_DIR"):
        os.environ["STUDIO_DATA_DIR"] = str(BASE_DIR / OWN_DATA)
    port = free_port(os.environ.get("PORT") or "8000")
    data_dir = Path(os.environ.get("STUDIO_DATA_DIR") or BASE_DIR / "var").resolve()
    is_embedded = not os.environ.get("DATABASE_URL")
    try:
        if is_embedded:
            make_folder(data_dir)
        make_secret_key(data_dir)
        # The web server reads the URL from the environment, for any PostgreSQL.
        os.environ["DATABASE_URL"] = prepare_database(is_demo=is_demo)
        text = (IS_AT + what_to_do(is_demo=is_demo)).format(host=HOST, port=port)
        serve(port, text, data_dir if is_embedded else None)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OSError as error:
        # A full disk, a read-only folder: the first file of this run may find out.
        if error.errno not in UNWRITABLE:
            raise
        sys.exit(f"{error.filename or data_dir} could not be written: {error.strerror}. {REMEDY}")
    except KeyboardInterrupt:
        command = "make run" if is_demo else "make start"
        print(f"\nStopped. The data is kept: `{command}` goes on from here.")


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


def make_folder(data_dir: Path) -> None:
    """Make the data folder. Raise ImproperlyConfigured, before anything is written, if it is
    unsuitable for the embedded database."""
    from studio.database import embedded

    if not embedded.is_running(data_dir):
        embedded.folder.check(data_dir)
        embedded.folder.make(data_dir)


def make_secret_key(data_dir: Path) -> None:
    """Generate the secret key once, in the data folder, from which the settings read it."""
    path, unfinished = data_dir / "secret-key", data_dir / "secret-key.new"
    if os.environ.get("SECRET_KEY") or path.exists():
        return
    data_dir.mkdir(parents=True, exist_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(secrets.token_urlsafe(50))
    # A kill between the two statements above leaves no empty key.
    unfinished.replace(path)


def prepare_database(*, is_demo: bool) -> str:
    """Start the embedded database unless there is another, migrate, set up the roles, and return
    the URL for the web server. Load the demo studio into an embedded database that is empty."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from studio.database import embedded

    # Use both cores of a small machine: a first start takes half a minute.
    with ThreadPoolExecutor() as pool:
        start = None if settings.DATABASE_URL else pool.submit(embedded.start, settings.DATA_DIR)
        django.setup()
        collect = pool.submit(collect_static_files)
        if start:
            start.result()
        refuse_unsafe_pooler()
        call_command("migrate", verbosity=0)
        url = prepare_roles() or settings.DATABASE_URL
        # The password of the demo's accounts is public: no database that somebody named gets them.
        if is_demo and not settings.DATABASE_URL:
            call_command("demo", if_empty=True)
        collect.result()
    connections.close_all()
    return url


def refuse_unsafe_pooler() -> None:
    """Raise ImproperlyConfigured if a pooler before the database does not assign whole sessions."""
    import psycopg
    from django.conf import settings
    from django.db import connection

    from studio.database.postgresql import pooler

    if not settings.DATABASE_URL:
        return
    try:
        pooler.look(connection.get_connection_params())
    except pooler.UnsafePooler as refusal:
        raise ImproperlyConfigured(str(refusal)) from refusal
    except psycopg.Error:
        # The migrations that follow say what is wrong.
        return


def collect_static_files() -> None:
    """Collect the static files, unless the same files have been collected before.

    To hash them takes a second, for which a site that was killed would not answer.
    """
    from django.conf import settings
    from django.core.management import call_command

    from studio.static_files import fingerprint

    collected, found = settings.DATA_DIR / "static-files", fingerprint()
    is_complete = (settings.STATIC_ROOT / "staticfiles.json").exists()
    if is_complete and collected.exists() and collected.read_text() == found:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    collected.write_text(found)


def what_to_do(*, is_demo: bool) -> str:
    """Return the text below the address: the accounts of the demo, or how to begin. Raise
    ImproperlyConfigured if the data of `make start` is that of the demo."""
    from django.conf import settings
    from django.db import connections

    from studio.management.commands import demo
    from studio.new_studio import secret

    has_demo, needs_owner = demo.is_loaded(), secret.is_needed()
    connections.close_all()
    if is_demo:
        return DEMO if has_demo else WITHOUT_DEMO if settings.DATABASE_URL else ""
    if has_demo:
        raise ImproperlyConfigured(
            "This database has the demo studio, and the password of its accounts is public. Use "
            f"another one, as in STUDIO_DATA_DIR={OWN_DATA} make start"
        )
    return BEGIN.replace("{path}", f"/start/{secret.make()}/") if needs_owner else ""


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


if __name__ == "__main__":
    main(sys.argv[1:])
