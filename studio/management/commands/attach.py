from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database.attach.apply import Interrupted, apply, exclusive_lock
from studio.database.attach.inspect import Inspection, inspect


class Command(BaseCommand):
    help = (
        "Attaches the site to a database that has the four shared tables already, with its rows. "
        "It inspects the database, reports what it will do, and changes no row."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="inspect the database, report what would be done, and stop",
        )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        try:
            with exclusive_lock():
                inspection = self.inspect()
                if dry_run:
                    self.stdout.write("\nThis was a dry run. Nothing was changed.")
                    return
                apply(self.write)
                # Every migration is applied. This call creates the permissions of new models.
                call_command("migrate", verbosity=0)
                self.set_up_roles()
        except Interrupted as interrupted:
            raise CommandError(
                f"Another program held a lock: {interrupted}. Run attach again: it goes on "
                "from here."
            ) from interrupted
        if inspection.history.missing:
            self.stdout.write(
                "\nAttached. `manage.py check --database default` reports later "
                "changes. `manage.py createsuperuser` creates the first account."
            )

    def inspect(self) -> Inspection:
        inspection = inspect()
        self.stdout.write(str(inspection.report))
        if refusals := inspection.report.refusals:
            reasons = "\n".join(f"  - {reason}" for reason in refusals)
            raise CommandError(f"Nothing was done. Change this first:\n{reasons}")
        if not inspection.history.missing:
            self.stdout.write("\nNothing to do: this database is attached.")
        else:
            self.stdout.write("")
        return inspection

    def set_up_roles(self) -> None:
        try:
            call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            raise CommandError(
                f"The database is attached, but its roles could not be set up. {error}"
            ) from error

    def write(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
