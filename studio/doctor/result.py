"""The result of a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from django.core.checks import ERROR, CheckMessage


class Level(IntEnum):
    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Result:
    level: Level
    # One sentence. If the level is not OK, it says what to run.
    text: str


def ok(text: str) -> Result:
    return Result(Level.OK, text)


def warning(text: str) -> Result:
    return Result(Level.WARNING, text)


def error(text: str) -> Result:
    return Result(Level.ERROR, text)


def of_checks(messages: Sequence[CheckMessage], fine: str, command: str) -> Result:
    """Return the worst message of system checks, and the command that prints all of them."""
    if not messages:
        return ok(fine)
    worst = max(messages, key=lambda message: message.level)
    text = f"{worst.msg.rstrip('.')}: {worst.hint or command}"
    if len(messages) > 1:
        text = f"{text.rstrip('.')}. There are {len(messages)} such lines: {command}"
    return Result(Level.ERROR if worst.level >= ERROR else Level.WARNING, text)
