"""Room for the call stack of a request.

CPython 3.11 and later keep the frames of running functions in chunks of 16 kB. A call that crosses
the end of a chunk maps a new one, and its return unmaps it. If that happens in the loop over the
rows of a page, the page takes a tenth longer, and one frame more or less elsewhere moves the end.
A frame that does not fit into a chunk gets a larger chunk of its own.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar, cast

# 72 kB for one frame. Its chunk has 128 kB, so 56 kB are left for the frames of its callees, which
# use about 20 kB. Memory that is not written to takes no space.
WORDS = 9_000

Function = TypeVar("Function", bound=Callable[..., Any])


def in_own_chunk(function: Function) -> Function:
    """Let calls of the function, and all that it calls, use one chunk of the call stack."""
    plain = cast("FunctionType", function)
    plain.__code__ = plain.__code__.replace(co_stacksize=WORDS)
    return function
