"""The processes that use the embedded PostgreSQL. The last one to end stops the server.

Each process keeps a shared lock on a file. The kernel releases the lock of a killed process, so
that no list of process ids has to be kept right.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The open file of each data folder that this process uses.
_files: dict[Path, int] = {}


@contextmanager
def starting_or_stopping(data_dir: Path) -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    file = _open(data_dir / "postgres.lock")
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def joined(data_dir: Path) -> bool:
    """Return whether this process counts as a user."""
    return data_dir in _files


def join(data_dir: Path) -> bool:
    """Count this process as a user. Return whether it was not one before."""
    if data_dir in _files:
        return False
    _files[data_dir] = _open(data_dir / "postgres.users")
    fcntl.flock(_files[data_dir], fcntl.LOCK_SH)
    return True


def leave(data_dir: Path) -> bool:
    """Stop counting this process as a user. Return whether it was the last one."""
    file = _files.pop(data_dir)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
