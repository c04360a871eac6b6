"""Read the rows of a spreadsheet in a process with limits, see `sheet_process`."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from purchases.imports.sheet_process import EMPTY, UNREADABLE

LOGGER = logging.getLogger("studio.desk")
SCRIPT = Path(__file__).with_name("sheet_process.py")
# The process has 20 seconds of processor time, which a busy machine stretches.
SECONDS = 60
# The variables with which Python finds its packages. No other one has a secret to lose.
ENVIRONMENT = ("PATH", "PYTHON", "LD_", "DYLD_")


class Unreadable(ValueError):
    """The parser cannot read the file."""


class Empty(ValueError):
    """No sheet has more than one row."""


class TooLong(ValueError):
    """The spreadsheet needs more memory, time or text than the limits allow."""


PROBLEMS: dict[str, type[ValueError]] = {UNREADABLE: Unreadable, EMPTY: Empty}


def sheet_rows(
    content: bytes, *, most: int, columns: int, longest: int, characters: int
) -> list[tuple[int, list[str]]]:
    """Return the filled rows of a sheet with their numbers. The limits are those of `main`.

    Raise Unreadable, Empty or TooLong.
    """
    limits = [str(limit) for limit in (most, columns, longest, characters)]
    variables = {key: os.environ[key] for key in os.environ if key.startswith(ENVIRONMENT)}
    try:
        done = subprocess.run(  # noqa: S603  # the program is Python, and the file no argument
            # -P: no module of this folder hides one of the standard library.
            [sys.executable, "-P", str(SCRIPT), *limits],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=variables,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        LOGGER.warning("a spreadsheet went beyond the limits: %s", type(error).__name__)
        raise TooLong from None
    answer = json.loads(done.stdout)
    if problem := answer.get("problem"):
        raise PROBLEMS[problem]
    return [(number, cells) for number, cells in answer["rows"]]
