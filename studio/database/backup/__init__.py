"""Backups: `write` dumps the database to one file, and `restore` reads it into an empty database.

Both run PostgreSQL's own programs of the server's version. `programs` finds them.
"""

from studio.database.backup.dump import NotWritten, write
from studio.database.backup.files import dated_name, delete_older
from studio.database.backup.load import NotRestored, restore
from studio.database.backup.models import Backup, age_of_last, last_backup, record
from studio.database.backup.programs import ProgramMissing

__all__ = [
    "Backup",
    "NotRestored",
    "NotWritten",
    "ProgramMissing",
    "age_of_last",
    "dated_name",
    "delete_older",
    "last_backup",
    "record",
    "restore",
    "write",
]
