"""A function has room for its callees in one chunk of the call stack, at whatever depth it runs."""

import resource
from collections.abc import Callable

from studio.call_stack import in_own_chunk

CALLS = 2_000
# From here, the stack crosses at least one end of a chunk of 16 kB.
DEPTHS = range(250)


def call_often() -> None:
    for _ in range(CALLS):
        callee(1, 2, 3, 4)


def callee(*values: int) -> int:
    return len(values)


def page_faults(function: Callable[[], None], depth: int) -> int:
    """Return how many pages of memory the function needs anew, called at this depth."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    at_depth(function, depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def at_depth(function: Callable[[], None], depth: int) -> None:
    if depth:
        at_depth(function, depth - 1)
    else:
        function()


def test_no_depth_maps_a_chunk_at_each_call() -> None:
    @in_own_chunk
    def with_room() -> None:
        call_often()

    assert max(page_faults(with_room, depth) for depth in DEPTHS) < CALLS / 10
    assert max(page_faults(call_often, depth) for depth in DEPTHS) >= CALLS, (
        "Python no longer maps a chunk at each call: studio/call_stack.py can go"
    )
