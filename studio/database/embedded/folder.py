"""The data folder of the embedded PostgreSQL: what makes it unsuitable, and its first creation.

Every refusal is an ImproperlyConfigured with one sentence and a remedy. It is raised before
anything is written, and no mode of a folder is ever changed.
"""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from studio.database.embedded import postmaster
from studio.database.embedded.postmaster import Account

# The length of sun_path in the socket address, less the byte that ends it.
MAX_SOCKET_BYTES = 107 if sys.platform == "linux" else 103
# PostgreSQL refuses to run as root, so root runs it as this user.
SYSTEM_USER = "pgserver"
# The rights of any user, as long as SYSTEM_USER does not exist.
NOBODY = (65534, 65534)
# The free bytes of the disk without which no server is created, or started.
SPACE_FOR_NEW = 200 * 1024 * 1024
SPACE_FOR_START = 48 * 1024 * 1024
EXAMPLE = "as in STUDIO_DATA_DIR=/tmp/studio make run"


def check(data_dir: Path) -> None:
    """Raise ImproperlyConfigured if no server can be started in this folder."""
    pgdata = data_dir / "postgres"
    _check_path(data_dir)
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    _check_writable(data_dir, existing)
    if pgdata.exists():
        _check_server(pgdata)
    _check_space(data_dir, existing, is_new=not _has_server(pgdata))
    _check_reach(pgdata, existing)


def account(pgdata: Path) -> Account:
    """Return the user who runs the server if this process is root: the owner of its files."""
    if os.geteuid() != 0:
        return None
    if pgdata.exists() and (owner := pgdata.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return NOBODY
    return entry.pw_uid, entry.pw_gid


def make(data_dir: Path) -> Account:
    """Create the data folder and, for root, the user who runs the server. Return that user."""
    missing = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o755)
    user = account(data_dir / "postgres")
    if user != NOBODY:
        return user
    add = ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(add, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        raise ImproperlyConfigured(
            f"PostgreSQL refuses to run as root, and the user {SYSTEM_USER} could not be added. "
            "Add it, or run the site as another user"
        ) from None
    return account(data_dir / "postgres")


def create(data_dir: Path, user: Account) -> None:
    """Create the server's files, unless they exist. A kill in the middle leaves nothing in use."""
    pgdata, unfinished = data_dir / "postgres", data_dir / "postgres.new"
    if _has_server(pgdata):
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user:
        os.chown(unfinished, *user)
    command = [str(postmaster.program("initdb")), "--auth=trust", "--encoding=utf8"]
    done = postmaster.run([*command, "-U", "postgres", "-D", str(unfinished)], user)
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL could not be created in {str(data_dir)!r}: initdb ended with "
            f"status {done.returncode}. Write another folder, {EXAMPLE}"
        )
    unfinished.rename(pgdata)


def _has_server(pgdata: Path) -> bool:
    return (pgdata / "PG_VERSION").exists()


def _refuse(data_dir: Path, problem: str, remedy: str) -> None:
    raise ImproperlyConfigured(
        f"The embedded PostgreSQL can't live in {str(data_dir)!r}: {problem}. {remedy}, {EXAMPLE}"
    )


def _check_path(data_dir: Path) -> None:
    """Refuse a path of which the server cannot make a socket in its own folder.

    The server needs no password, so only the mode of that folder, 0700, keeps other users out.
    """
    socket = os.fsencode(data_dir.resolve() / "postgres" / postmaster.SOCKET)
    if any(character.isspace() for character in str(data_dir)):
        _refuse(data_dir, "the path has a space", "Write a folder without one")
    if (excess := len(socket) - MAX_SOCKET_BYTES) > 0:
        problem = f"the path is {excess} bytes too long for a socket"
        _refuse(data_dir, problem, "Write a shorter folder")


def _check_writable(data_dir: Path, existing: Path) -> None:
    if not existing.is_dir():
        _refuse(data_dir, f"{existing} is not a folder", "Write another folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        problem = f"{existing} is read-only for this user"
        _refuse(data_dir, problem, "Write a folder of your own")


def _check_server(pgdata: Path) -> None:
    """Refuse the files of another version of PostgreSQL, and those of no complete server."""
    if not any(pgdata.iterdir()):
        return
    if not _has_server(pgdata) or not (pgdata / "global" / "pg_control").exists():
        problem = f"{pgdata} has files, but no complete server"
        _refuse(pgdata.parent, problem, "Move that folder away, or write another one")
    version = (pgdata / "PG_VERSION").read_text().strip()
    if version != postmaster.VERSION:
        problem = f"its files are of PostgreSQL {version}, not {postmaster.VERSION}"
        _refuse(pgdata.parent, problem, "Write another folder")


def _check_space(data_dir: Path, existing: Path, *, is_new: bool) -> None:
    needed = SPACE_FOR_NEW if is_new else SPACE_FOR_START
    free = shutil.disk_usage(existing).free
    if free < needed:
        problem = f"its disk has {free // 2**20} MB free and needs {needed // 2**20} MB"
        _refuse(data_dir, problem, "Make room, or write a folder on another disk")


def _check_reach(pgdata: Path, existing: Path) -> None:
    """Refuse a folder that the user who runs the server may not enter, if this process is root."""
    user = account(pgdata)
    if user is None:
        return
    for needed in (existing, postmaster.program("postgres").parent):
        if _may_enter(needed, user):
            continue
        closed = next(
            folder for folder in (*reversed(needed.parents), needed) if not _may_enter(folder, user)
        )
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL can't run as root here: its user {SYSTEM_USER} may not enter "
            f"{closed}. Run the site as another user, or keep the project and STUDIO_DATA_DIR "
            f"outside {closed}"
        )


def _may_enter(folder: Path, user: tuple[int, int]) -> bool:
    """Return whether the kernel lets this user enter the folder, by its modes and access lists."""
    command = ["/bin/sh", "-c", 'test -x "$0"', str(folder)]
    return postmaster.run(command, user).returncode == 0
