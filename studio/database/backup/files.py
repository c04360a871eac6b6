"""The files of backups: their names, and the deletion of old ones."""

import re
from datetime import datetime, timedelta
from pathlib import Path

# As in studio-2026-11-27-021500.dump, in UTC, so that the names sort by time.
FORMAT = "studio-%Y-%m-%d-%H%M%S.dump"
PATTERN = re.compile(r"studio-\d{4}-\d\d-\d\d-\d{6}\.dump")


def dated_name(now: datetime) -> str:
    return now.strftime(FORMAT)


def delete_older(folder: Path, now: datetime, days: int) -> list[Path]:
    """Delete the dated backups of a folder that are older than some days, and return them.

    The name of a file says its age, because a copied file has another time of change.
    """
    oldest = dated_name(now - timedelta(days=days))
    old = sorted(
        path for path in folder.iterdir() if PATTERN.fullmatch(path.name) and path.name < oldest
    )
    for path in old:
        path.unlink()
    return old
