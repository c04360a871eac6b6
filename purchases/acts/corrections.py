"""The corrections that a purchase allows, each with the counts after it."""

from collections.abc import Iterator
from dataclasses import dataclass

from purchases.models import Purchase

# A page lists this many corrections in each direction, the first NEAR as buttons.
LISTED = 100
NEAR = 3


@dataclass(frozen=True)
class Correction:
    """A correction by a signed number, and the counts after it."""

    adjust_by: int
    used: int
    total: int | None

    @property
    def by(self) -> int:
        return abs(self.adjust_by)

    @property
    def left(self) -> int | None:
        return None if self.total is None else self.total - self.used


@dataclass(frozen=True)
class Corrections:
    """The corrections of a page: the nearest as buttons, the further ones as a menu."""

    near: list[Correction]
    further: list[Correction]


def corrections_of_used(purchase: Purchase) -> Corrections:
    """Return the corrections of the used sessions that the purchase allows."""
    used, total = purchase.sessions_used or 0, purchase.sessions_total
    most = used + LISTED if total is None else total
    possible = [
        Correction(adjust_by, used + adjust_by, total) for adjust_by in _steps(-used, most - used)
    ]
    return _corrections(possible)


def corrections_of_total(purchase: Purchase) -> Corrections:
    """Return the corrections of the bought sessions that the purchase allows."""
    used, total = purchase.sessions_used or 0, purchase.sessions_total
    if total is None:
        return Corrections([], [])
    fewest = max(used, 0) - total
    possible = [
        Correction(adjust_by, used, total + adjust_by)
        for adjust_by in _steps(fewest, max(fewest, 0) + LISTED)
    ]
    return _corrections(possible)


def _steps(low: int, high: int) -> Iterator[int]:
    """Yield the numbers from low to high but 0, at most LISTED below 0 and LISTED above it: those
    nearest to 0, in ascending order."""
    below = range(min(-1, high), low - 1, -1)[:LISTED]
    yield from reversed(below)
    yield from range(max(1, low), high + 1)[:LISTED]


def _corrections(possible: list[Correction]) -> Corrections:
    """Split the corrections: the NEAR nearest of each direction, and the others."""
    fewer = [step for step in possible if step.adjust_by < 0]
    more = [step for step in possible if step.adjust_by > 0]
    # Without a slice of -0, which is the whole list.
    near_fewer = fewer[max(0, len(fewer) - NEAR) :]
    return Corrections(
        near=[*near_fewer, *more[:NEAR]],
        further=[*fewer[: len(fewer) - len(near_fewer)], *more[NEAR:]],
    )
