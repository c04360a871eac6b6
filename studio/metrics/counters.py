"""The numbers that the web processes of one granian count together.

A request is answered by any of the processes, and so is the page /metrics. So each process maps a
file of a shared folder into its memory and counts there. The sum of all files is what is shown. The
file of a process that has ended stays, so that no sum ever becomes smaller.
"""

import mmap
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
from threading import Lock

# An action at the desk, the poll of an open page, any other request.
KINDS = ("action", "poll", "page")
POLL = "/purchases/changes/"
ACTIONS = ("/purchases/", "/events/", "/changes/")
# Status below 400, from 400 on, from 500 on.
OUTCOMES = ("done", "refused", "failed")
# The upper limits of the buckets, in seconds. The last bucket has every request.
LIMITS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0, float("inf"))
# The numbers of a kind are its outcomes, its buckets and the sum of the seconds. They begin here.
SIZE_OF_KIND = len(OUTCOMES) + len(LIMITS) + 1
STARTS = {kind: number * SIZE_OF_KIND for number, kind in enumerate(KINDS)}
DATABASE_WAITS = len(KINDS) * SIZE_OF_KIND
DATABASE_SECONDS = DATABASE_WAITS + 1
SIZE = DATABASE_SECONDS + 1
PREFIX = "studio-metrics"


class _Numbers:
    # Until `share` is called, the numbers of this process alone.
    values = memoryview(bytearray(SIZE * 8)).cast("d")
    folder: Path | None = None
    lock = Lock()


def kind_of(method: str, path: str) -> str:
    if path == POLL:
        return "poll"
    is_action = method == "POST" and path.startswith(ACTIONS)
    return "action" if is_action else "page"


def count_request(kind: str, status: int, seconds: float) -> None:
    start = STARTS[kind]
    bucket = start + len(OUTCOMES)
    for limit in LIMITS:
        if seconds <= limit:
            break
        bucket += 1
    with _Numbers.lock:
        values = _Numbers.values
        values[start + (status >= 400) + (status >= 500)] += 1
        values[bucket] += 1
        values[start + SIZE_OF_KIND - 1] += seconds


def count_wait(seconds: float) -> None:
    """Count a wait for the database: for a statement, or for its transaction."""
    with _Numbers.lock:
        values = _Numbers.values
        values[DATABASE_WAITS] += 1
        values[DATABASE_SECONDS] += seconds


def share() -> None:
    """Count in a file from now on, in a folder of all processes that have the same parent.

    Without a folder that only this user can write, each process shows its own numbers.
    """
    parent = os.getppid()
    folder = Path(gettempdir()) / f"{PREFIX}-{os.geteuid()}-{parent}-{started_at(parent)}"
    try:
        remove_old_folders()
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            return
        with (folder / f"{os.getpid()}").open("w+b") as file:
            file.truncate(SIZE * 8)
            values = memoryview(mmap.mmap(file.fileno(), SIZE * 8)).cast("d")
    except OSError:
        return
    _Numbers.values, _Numbers.folder = values, folder


def remove_old_folders() -> None:
    """Remove the folders of this user whose granian has ended."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}-{os.geteuid()}-*"):
        parent, started = folder.name.split("-")[-2:]
        if not runs(int(parent)) or started_at(int(parent)) != started:
            shutil.rmtree(folder, ignore_errors=True)


def started_at(process: int) -> str:
    """Return when a process started, in ticks since the start of the machine, or "0" if unknown.

    A process id may be used again. psutil would need files that a hardened service cannot read.
    """
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return "0"


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def totals() -> list[float]:
    """Return the numbers of all processes together."""
    every = list(_of_every_process()) or [tuple(_Numbers.values)]
    return [sum(values) for values in zip(*every, strict=True)]


def _of_every_process() -> Iterator[tuple[float, ...]]:
    if _Numbers.folder is None:
        return
    for file in _Numbers.folder.iterdir():
        with suppress(OSError, struct.error):
            yield struct.unpack(f"{SIZE}d", file.read_bytes())


def processes() -> int:
    """Return how many of the processes run."""
    if _Numbers.folder is None:
        return 1
    return sum(runs(int(file.name)) for file in _Numbers.folder.iterdir())
