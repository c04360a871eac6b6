"""At most one export at a time in each process of the web server.

An export takes a connection, memory and processor time for minutes. Further ones would slow the
desk down.
"""

from threading import BoundedSemaphore

_FREE = BoundedSemaphore(1)


class Slot:
    """The right to run an export. It is given back once, whoever gives it back."""

    def __init__(self) -> None:
        self._is_held = _FREE.acquire(blocking=False)

    @property
    def is_held(self) -> bool:
        return self._is_held

    def give_back(self) -> None:
        if self._is_held:
            self._is_held = False
            _FREE.release()

    def __del__(self) -> None:
        # A response may be dropped before it is read.
        self.give_back()
