from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database.attach.apply import Interrupted, apply, exclusive_lock
from studio.database.attach.inspect import Inspection, inspect


class Command(BaseCommand):
    help = (
        "Attaches the site to a database that has the four shared tables already, with its rows. "
        "It looks first, says what it found and what it will do, and changes no row."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="look, say what would be done, and stop"
        )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        try:
            with exclusive_lock():
                seen = self.inspect()
                if dry_run:
                    self.stdout.write("\nNothing was done: this was a dry run.")
                    return
                apply(self.say)
                # Nothing is left to migrate; the permissions of new models are made.
                call_command("migrate", verbosity=0)
                self.set_up_roles()
        except Interrupted as interrupted:
            raise CommandError(
                f"Another program was in the way: {interrupted}. What is done is done: run attach "
                "again, and it goes on from here."
            ) from interrupted
        if seen.history.missing:
            self.stdout.write(
                "\nAttached. `manage.py check --database default` says when something of it is "
                "changed; `manage.py createsuperuser` makes who signs in first."
            )

    def inspect(self) -> Inspection:
        seen = inspect()
        self.stdout.write(str(seen.report))
        if refusals := seen.report.refusals:
            reasons = "\n".join(f"  - {reason}" for reason in refusals)
            raise CommandError(f"Nothing was done. What has to change first:\n{reasons}")
        if not seen.history.missing:
            self.stdout.write("\nNothing to do: this database is attached.")
        else:
            self.stdout.write("")
        return seen

    def set_up_roles(self) -> None:
        try:
            call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            raise CommandError(
                f"The database is attached; the roles are not as they should be. {error}"
            ) from error

    def say(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()
