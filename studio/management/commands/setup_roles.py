from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from studio.database import grants


class Command(BaseCommand):
    help = (
        "Sets up the database roles: studio_ledger owns the functions, studio_app is what the web "
        "process connects as. Run it again after each migrate; it changes only what differs."
    )
    # The check of the database would complain of what this command is about to repair.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print",
            action="store_true",
            dest="only_print",
            help="print the SQL instead, for somebody who may create roles",
        )
        parser.add_argument(
            "--set-password",
            action="store_true",
            help="give studio_app, which was there before, the password that `database_url --web` "
            "has",
        )

    def handle(
        self, *, only_print: bool, set_password: bool, verbosity: int, **options: Any
    ) -> None:
        try:
            if only_print:
                self.stdout.write(grants.script(connection))
                return
            changed = grants.set_up(connection)
        except (grants.NotAllowed, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        if set_password:
            grants.give_password(connection)
        for difference in grants.differences(connection):
            self.stderr.write(f"{difference.name}. To repair it: {difference.repair}")
        if not verbosity:
            return
        are = "set up" if changed else "as they should be"
        self.stdout.write(f"{grants.APP} and {grants.LEDGER} are {are}.")
        if settings.DATABASE_URL and (reason := grants.why_not_in()):
            self.stderr.write(
                f"The URL of `database_url --web` cannot connect ({reason}). If {grants.APP} has "
                "a password already, write WEB_DATABASE_URL with it. Or run `setup_roles "
                "--set-password`, which sets the password of that URL."
            )
