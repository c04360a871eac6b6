"""A progress bar for long commands."""

from django.core.management.base import OutputWrapper

WIDTH = 30
CLEAR_LINE = "\r\033[K"


def draw(output: OutputWrapper, line: str) -> None:
    """Replace the current line, on a terminal only."""
    if output.isatty():
        output.write(f"{CLEAR_LINE}{line}", ending="")
        output.flush()


def bar(done: int, total: int, what: str) -> str:
    full = WIDTH * done // total if total else WIDTH
    return f"[{'#' * full}{' ' * (WIDTH - full)}] {done:,} of {total:,} {what}"
