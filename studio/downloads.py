"""Send a response that takes minutes, such as an export, beside the other requests of a process.

A thread of its own makes the chunks, with a database connection of its own. The event loop asks for
one chunk, sends it, and asks for the next. So the export waits while the loop answers a request,
and no more than one chunk waits for a slow browser.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from granian.rsgi import HTTPProtocol, ProtocolClosed  # type: ignore[attr-defined]

LOGGER = logging.getLogger("studio.desk")
# A browser that takes no byte for so long has gone. The database ends a transaction that waits
# longer (purchases/sql/set_export_timeouts.sql).
STALLED_SECONDS = 60
# A download holds a snapshot of the database, which must not grow old.
LONGEST_SECONDS = 60 * 60


async def send_download(
    protocol: HTTPProtocol, method: str, status: int, headers: list[tuple[str, str]], response: Any
) -> None:
    """Send the chunks of a Django response, and close it in any case."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="download")
    try:
        if method == "HEAD":
            protocol.response_empty(status, headers)
            return
        transport: Any = protocol.response_stream(status, headers)
        chunks = iter(response)
        async with asyncio.timeout(LONGEST_SECONDS):
            while (chunk := await loop.run_in_executor(thread, next_chunk, chunks)) is not None:
                if chunk:
                    async with asyncio.timeout(STALLED_SECONDS):
                        await transport.send_bytes(chunk)
    except TimeoutError:
        LOGGER.warning("a download was ended: the browser took nothing for too long")
    except ProtocolClosed:
        LOGGER.info("a download was ended by the browser")
    except Exception:
        # Too late for an error page. The file ends here.
        LOGGER.exception("a download failed")
    finally:
        closed = loop.run_in_executor(thread, close, response)
        thread.shutdown(wait=False)
        await asyncio.shield(closed)


def next_chunk(chunks: Iterator[bytes]) -> bytes | None:
    return next(chunks, None)


def close(response: Any) -> None:
    """Close a response and the database connections of its thread."""
    try:
        response.close()
    finally:
        connections.close_all()
