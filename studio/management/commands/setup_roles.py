from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from studio.database import grants


class Command(BaseCommand):
    help = (
        "Sets up the database roles: studio_ledger owns the functions, studio_app is what the web "
        "process connects as. Run it after each migrate; it is idempotent."
    )
    # The system check would report the differences that this command repairs.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print",
            action="store_true",
            dest="only_print",
            help="print the SQL instead, for a database administrator",
        )
        parser.add_argument(
            "--set-password",
            action="store_true",
            help="set the password of an existing studio_app to that of `database_url --web`",
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
        for each in (
            *grants.differences(connection),
            *grants.overloads(connection).values(),
            *grants.foreign_triggers(connection),
            *grants.exposures(connection),
        ):
            self.stderr.write(f"{each.name}. Repair: {each.repair}")
        if not verbosity:
            return
        state = "set up" if changed else "already set up"
        self.stdout.write(f"{grants.APP} and {grants.LEDGER} are {state}.")
        if settings.DATABASE_URL and (reason := grants.login_problem()):
            self.stderr.write(
                f"The URL of `database_url --web` cannot connect ({reason}). If {grants.APP} has "
                "a password already, write WEB_DATABASE_URL with it. Or run `setup_roles "
                "--set-password`, which sets the password of that URL."
            )
