"""The embedded database is out of reach of other users of the machine."""

import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from studio.database import embedded
from studio.database.embedded import folder, postmaster
from tests.processes import let_postgres_enter, run_python

START = """
import sys
from pathlib import Path
from studio.database import embedded
print(embedded.start(Path(sys.argv[1])))
"""


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A new folder whose path is short on every system."""
    short = Path(mkdtemp(prefix="studio", dir="/tmp")).resolve()
    yield let_postgres_enter(short)
    assert not embedded.is_running(short), "the last process stops the server"


def started(data_dir: Path, **environment: str) -> tuple[str, str]:
    """Start the server in a process of its own. Return its output and its errors."""
    result = run_python("-c", START, str(data_dir), **environment)
    return result.stdout.strip(), result.stderr


def with_length(parent: Path, bytes_of_socket: int) -> Path:
    """Return a folder below this one whose server has a socket of that many bytes."""
    rest = bytes_of_socket - len(str(parent / "x" / "postgres" / postmaster.SOCKET))
    return parent / ("x" + "y" * rest)


def test_socket_lies_in_a_folder_of_its_user_only(short_path: Path) -> None:
    longest = with_length(short_path, folder.MAX_SOCKET_BYTES)
    for data_dir in (short_path, longest):
        socket_dir, errors = started(data_dir)

        assert socket_dir == str(data_dir / "postgres"), errors
        assert stat.S_IMODE(Path(socket_dir).stat().st_mode) == 0o700


def test_path_that_is_too_long_for_a_socket_is_refused(short_path: Path) -> None:
    """The package would put the socket into a folder in TMPDIR that every user may enter."""
    too_long = with_length(short_path, folder.MAX_SOCKET_BYTES + 1)
    temporary = short_path / "tmp"
    temporary.mkdir()

    output, errors = started(too_long, TMPDIR=str(temporary), XDG_RUNTIME_DIR=str(temporary))

    assert output == ""
    assert "the path is 1 bytes too long for a socket. Write a shorter folder" in errors
    assert [*temporary.iterdir()] == []
    assert not too_long.exists()


def test_second_user_of_the_machine_can_start_a_server(short_path: Path) -> None:
    """The first user's lock file lies in TMPDIR. Here nobody at all can open it."""
    temporary = short_path / "tmp"
    (temporary / ".lockfile").mkdir(parents=True)

    socket_dir, errors = started(
        short_path, TMPDIR=str(temporary), XDG_RUNTIME_DIR=str(temporary / "none")
    )

    assert socket_dir == str(short_path / "postgres"), errors
