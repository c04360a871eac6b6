"""`manage.py backup`: write the whole database to one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from purchases import clock
from studio.database import backup


class Command(BaseCommand):
    help = (
        "Writes the whole database to one file with pg_dump, which `restore` reads. The file must "
        "not exist. If FILE is a folder, the file in it is named by the time."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE")
        parser.add_argument(
            "--keep",
            type=int,
            metavar="DAYS",
            help="afterwards, delete the backups of the folder that are older",
        )
        parser.add_argument(
            "--only-record",
            metavar="NAME",
            help="record that another program, such as pgBackRest, has made a backup just now",
        )

    def handle(
        self, *, file: Path | None, keep: int | None, only_record: str | None, **options: Any
    ) -> None:
        if (file is None) == (only_record is None):
            raise CommandError("Name the file, or use --only-record NAME.")
        if keep is not None and (keep < 1 or file is None or not file.is_dir()):
            raise CommandError("--keep needs a number of days, at least 1, and a folder.")
        if file is None:
            self.record(only_record or "")
            return
        folder = file if file.is_dir() else None
        file = folder / backup.dated_name(clock.now()) if folder else file
        try:
            size = backup.write(file)
        except (backup.NotWritten, backup.ProgramMissing) as error:
            raise CommandError(str(error)) from error
        self.record(file.name, size)
        self.stdout.write(
            f"{file} has the whole database, {size:,} bytes. Keep it as safe as the database, on "
            "another machine, and keep SECRET_KEY beside it."
        )
        if folder and keep is not None:
            deleted = backup.delete_older(folder, clock.now(), keep)
            self.stdout.write(f"{len(deleted)} older backup{'s' * (len(deleted) != 1)} deleted.")

    def record(self, name: str, size: int | None = None) -> None:
        """Record the backup. A standby cannot, and its backup is whole nevertheless."""
        try:
            backup.record(name, size)
        except Error as error:
            reason = str(error).strip().splitlines()[0]
            self.stderr.write(f"The backup could not be recorded, so its age is unknown: {reason}.")
