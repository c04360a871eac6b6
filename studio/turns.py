"""Run functions in the thread of the event loop, and let the loop go on while the database is slow.

A function runs in a greenlet. If it waits long for the database, `pause` switches back to the event
loop, which handles other events until the socket is ready. A thread for each request would make
every page slower, because waking a thread takes longer than a query.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar, cast

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

Result = TypeVar("Result")
READ, WRITE = 1, 2


@dataclass(frozen=True)
class Wait:
    """A wait of the function in the greenlet for a socket."""

    socket: int
    state: int
    seconds: float

    async def is_over(self) -> int:
        """Return the state for which the socket is ready, or 0 if the time is over."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[int] = loop.create_future()

        def finish(state: int) -> None:
            if not ready.done():
                ready.set_result(state)

        if self.state & READ:
            loop.add_reader(self.socket, finish, READ)
        if self.state & WRITE:
            loop.add_writer(self.socket, finish, WRITE)
        try:
            async with asyncio.timeout(self.seconds):
                return await ready
        except TimeoutError:
            return 0
        finally:
            loop.remove_reader(self.socket)
            loop.remove_writer(self.socket)


@dataclass(frozen=True)
class Raised:
    error: BaseException


def pause(socket: int, state: int, seconds: float) -> int:
    """Let the event loop go on until the socket is ready. Call it in a function of `Turns.run`."""
    loop = getcurrent().parent
    assert loop is not None
    return cast("int", loop.switch(Wait(socket, state, seconds)))


class Turns:
    """Functions that take turns in the thread of the event loop."""

    def __init__(self) -> None:
        self.greenlet: greenlet | None = None
        # Whether a function waits for the database at the moment. No other can run before its end.
        self.is_waiting = False
        self.waits_since = 0.0
        self.is_free = asyncio.Event()

    async def run(self, function: Callable[[], Result]) -> Result:
        """Run the function and return its result."""
        context = copy_context()
        outcome = self._switch(lambda: context.run(function))
        if isinstance(outcome, Wait):
            self.is_waiting, self.waits_since = True, monotonic()
            self.is_free.clear()
            # The function goes on to its end, also if the browser disconnects.
            outcome = await asyncio.shield(asyncio.ensure_future(self._finish(outcome)))
        if isinstance(outcome, Raised):
            raise outcome.error
        return cast("Result", outcome)

    async def _finish(self, outcome: Any) -> Any:
        try:
            while isinstance(outcome, Wait):
                outcome = self._switch(await outcome.is_over())
            return outcome
        finally:
            self.is_waiting = False
            self.is_free.set()

    async def can_run(self, seconds: float) -> bool:
        """Wait until a function can run. Return False if another has waited for so many seconds."""
        while self.is_waiting:
            if (left := self.waits_since + seconds - monotonic()) <= 0:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.is_free.wait()
        return True

    def _switch(self, value: Any) -> Any:
        """Let the greenlet run until it waits or its function ends, and return what it sends."""
        if self.greenlet is None or self.greenlet.dead:
            self.greenlet = greenlet(_run_functions)
        # Django refuses to use its database connection while an event loop runs. It means to
        # protect the loop from waiting. This loop may wait for a moment.
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return self.greenlet.switch(value)
        finally:
            asyncio._set_running_loop(loop)


def _run_functions(function: Callable[[], Any]) -> Any:
    """Run one function after the other. One greenlet for all is faster than one for each."""
    loop = getcurrent().parent
    assert loop is not None
    while True:
        try:
            outcome: Any = function()
        except BaseException as error:
            outcome = Raised(error)
        function = loop.switch(outcome)
