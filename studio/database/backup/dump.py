"""Write a backup with pg_dump."""

import os
import tempfile
from pathlib import Path

from studio.database.backup import programs
from studio.database.schema.inspection import history, postgres


class NotWritten(Exception):
    """No backup was written. The text says why."""


def write(file: Path) -> int:
    """Dump the whole database to `file`, which must not exist, and return its size in bytes.

    Only the user who runs this may read the file. It gets its name when it is whole, so a file with
    this name is never half a backup. An existing file is never replaced.
    """
    if file.exists() or file.is_symlink():
        raise NotWritten(f"{file} exists already. Name a new file.")
    if not history().begun:
        raise NotWritten("The database has no table of the site. Use the settings of the site.")
    database = postgres()
    program = programs.find("pg_dump", programs.major_version(database))
    option, environment = programs.connection_options(database)
    try:
        # The file has the mode 600 from its start.
        opened, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        raise NotWritten(f"{file} cannot be written: {error.strerror}.") from error
    os.close(opened)
    unfinished = Path(name)
    try:
        dumped = programs.run(
            [str(program), "--format=custom", f"--file={unfinished}", option], environment
        )
        if dumped.returncode:
            raise NotWritten(f"No backup was written: {programs.first_error(dumped.stderr)}.")
        size = unfinished.stat().st_size
        _give_name(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
    return size


def _give_name(unfinished: Path, file: Path) -> None:
    try:
        # Unlike a rename, a link never replaces a file.
        os.link(unfinished, file)
    except FileExistsError:
        raise NotWritten(f"{file} exists already. Name a new file.") from None
    except OSError:
        # The file system has no links.
        unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
