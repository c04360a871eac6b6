"""Run an export while it is downloaded: chunk by chunk, in constant memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from typing import Self
from uuid import UUID

from django.db import Error

from purchases import org_scope
from purchases.database import long_snapshot
from purchases.exports.slots import Slot

LOGGER = logging.getLogger("studio.desk")

# The bytes of each chunk, and its number of rows.
Chunks = Iterator[tuple[bytes, int]]


class Export:
    """An iterator over the bytes of a file. The caller has to call `close` in the end.

    It uses the database connection of the thread that iterates, and begins with the first chunk.
    `on_end` gets the number of rows, and whether the file is complete. It is called once: also if
    the browser ends the download, and not if no chunk was read.
    """

    def __init__(
        self,
        chunks: Callable[[], Chunks],
        *,
        org_id: UUID,
        slot: Slot,
        on_end: Callable[[int, bool], None],
        warning: bytes = b"",
    ) -> None:
        self._org_id = org_id
        self._slot = slot
        self._on_end = on_end
        self._warning = warning
        self._rows = 0
        self._is_complete = self._is_closed = False
        self._source = chunks
        # None before the first chunk.
        self._chunks: Generator[bytes] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._chunks is None:
            self._chunks = self._run()
        return next(self._chunks)

    def close(self) -> None:
        """End the query, record the export and give the slot back."""
        try:
            if self._chunks is not None and not self._is_closed:
                self._is_closed = True
                self._chunks.close()
                self._on_end(self._rows, self._is_complete)
        finally:
            self._slot.give_back()

    def _run(self) -> Generator[bytes]:
        try:
            org_scope.show_only(self._org_id)
            with long_snapshot():
                for data, rows in self._source():
                    self._rows += rows
                    yield data
        except Error as error:
            # The status was sent before. Only the last line can tell that rows are missing.
            LOGGER.error("an export stopped after %s rows: %s", self._rows, type(error).__name__)
            yield self._warning
        else:
            self._is_complete = True
