"""`manage.py restore`: read a backup into an empty database, and check it."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database import backup, schema

CHECKS: list[tuple[str, dict[str, Any]]] = [
    ("setup_roles", {}),
    ("check", {"databases": ["default"]}),
    ("check_ledger", {}),
    ("check_ledger", {"seals": True}),
]


class Command(BaseCommand):
    help = (
        "Reads a file of `backup` into the database in use, which must be empty. Then sets up the "
        "roles, and runs `check --database default`, `check_ledger` and `check_ledger --seals`."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            backup.restore(file)
        except (
            backup.NotRestored,
            backup.ProgramMissing,
            ImproperlyConfigured,
        ) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file} is restored.")
        if schema.history().missing:
            self.stdout.write(
                "It is of an earlier version of the site. Run `python manage.py upgrade`, which "
                "also checks it."
            )
            return
        if failed := [name for name, arguments in CHECKS if not self.passes(name, arguments)]:
            raise CommandError(f"The data is restored, and this failed: {', '.join(failed)}.")
        self.stdout.write("The database is sound. The site can use it.")

    def passes(self, name: str, arguments: dict[str, Any]) -> bool:
        """Run a command, print its output, and return whether it succeeded."""
        try:
            call_command(name, stdout=self.stdout, stderr=self.stderr, **arguments)
        except CommandError as error:
            self.stderr.write(str(error))
            return False
        return True
