"""A ZIP file that is sent while it is written."""

from zipfile import ZIP_DEFLATED, ZipInfo


class Sent:
    """The file that ZipFile writes to. It cannot seek, and keeps only what was not sent yet."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def close(self) -> None:
        """Do nothing: there is no file."""

    def flush(self) -> None:
        """Do nothing: `take` returns what was written."""

    def take(self) -> bytes:
        data = b"".join(self.parts)
        self.parts.clear()
        return data


def part_named(name: str) -> ZipInfo:
    """Return a part with the fastest compression, because a browser waits for the bytes."""
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    part._compresslevel = 1  # type: ignore[attr-defined]
    return part
