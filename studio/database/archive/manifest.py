"""The manifest of an archive: its version, and the rows and the SHA-256 of each file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

# The version of the archive itself. A change that an older Studio cannot read increments it.
FORMAT = 1
NAME = "manifest.json"
LONGEST = 1_000_000


class UnsuitableArchive(Exception):
    """An archive that cannot be imported. Its text is for the person at the terminal."""


@dataclass(frozen=True)
class File:
    table: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.table}.csv"


@dataclass(frozen=True)
class Manifest:
    format: int
    org_id: UUID
    studio: str
    exported_at: str
    postgresql: str
    # The newest migration of each app.
    migrations: dict[str, str]
    files: list[File]

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=2, default=str, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Raise UnsuitableArchive if it is not a manifest that this version reads."""
        try:
            values: dict[str, Any] = json.loads(text)
            if int(values["format"]) > FORMAT:
                raise UnsuitableArchive(
                    "The archive was made by a newer version of Studio. Update this installation, "
                    "then import it."
                )
            return cls(
                format=int(values["format"]),
                org_id=UUID(values["org_id"]),
                studio=str(values["studio"]),
                exported_at=str(values["exported_at"]),
                postgresql=str(values["postgresql"]),
                migrations=dict(values["migrations"]),
                files=[File(**each) for each in values["files"]],
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise UnsuitableArchive(f"The archive has no readable {NAME}.") from error
