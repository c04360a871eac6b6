"""A web server ends with the process that started it, also if that was killed by SIGKILL."""

import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from django.conf import settings

from tests.database import PATIENCE

# Start a child, print its process id once it listens, and wait.
PARENT = """
import os, subprocess, sys
runner = ["studio.parent_process", str(os.getpid())] if sys.argv[1] == "runner" else []
command = [sys.executable, "-u", "-m", *runner, "http.server", "0", "--bind", "127.0.0.1"]
child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
input()
"""


def killed_parent(argument: str) -> tuple[psutil.Process, bool]:
    """Kill a parent whose child listens. Return the child, and whether it had listened."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, argument],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        process_id, _, line = parent.stdout.readline().partition(" ")
        child = psutil.Process(int(process_id))
        parent.kill()
    return child, line.startswith("Serving HTTP")


def test_the_server_ends_with_its_parent() -> None:
    child, has_listened = killed_parent("runner")
    assert has_listened
    assert psutil.wait_procs([child], timeout=PATIENCE)[1] == []


def test_a_plain_server_would_keep_the_port() -> None:
    child, has_listened = killed_parent("plain")
    assert has_listened
    try:
        assert psutil.wait_procs([child], timeout=0.5)[1] == [child]
    finally:
        with suppress(psutil.NoSuchProcess):
            child.kill()


def test_a_server_whose_parent_has_ended_before_does_not_begin() -> None:
    with pytest.raises(subprocess.CalledProcessError) as ended:
        subprocess.run(
            [sys.executable, "-m", "studio.parent_process", "999999999", "http.server", "0"],
            cwd=settings.BASE_DIR,
            check=True,
            timeout=PATIENCE,
        )
    assert ended.value.returncode == -9
