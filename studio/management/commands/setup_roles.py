from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from studio import roles


class Command(BaseCommand):
    help = (
        "Sets up the database roles: studio_ledger owns the functions, studio_app is what the web "
        "process connects as. Run it again after each migrate; it changes only what differs."
    )
    # The check of the database would complain of what this command is about to mend.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print",
            action="store_true",
            dest="only_print",
            help="print the SQL instead, for somebody who may create roles",
        )

    def handle(self, *, only_print: bool, verbosity: int, **options: Any) -> None:
        try:
            if only_print:
                self.stdout.write(roles.script(connection))
                return
            changed = roles.set_up(connection)
        except (roles.NotAllowed, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                "studio_app and studio_ledger are set up."
                if changed
                else "studio_app and studio_ledger are as they should be."
            )
        for difference in roles.differences(connection):
            self.stderr.write(f"{difference.name}. To mend it: {difference.mend}")
