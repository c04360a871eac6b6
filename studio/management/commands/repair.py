from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database import schema


class Command(BaseCommand):
    help = (
        "Puts every function, trigger, constraint and index back as the migrations made it, and "
        "then the roles and their rights. `check --database default` names what is otherwise."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="name it, and stop")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        history = schema.history()
        drifts = schema.drift(history)
        for each in drifts:
            self.stdout.write(f"{each.name}.")
        if dry_run:
            return
        try:
            schema.repair(drifts)
        except psycopg.Error as error:
            raise CommandError(f"Nothing was repaired: {error}") from error
        if history.missing:
            self.stdout.write("Migrations are missing: python manage.py migrate, then setup_roles.")
        else:
            call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        if left := schema.drift(history):
            names = "; ".join(each.name for each in left)
            raise CommandError(f"Not repaired: {names}. Tables come back from a backup alone.")
        self.stdout.write(
            "Everything is as the migrations made it. What changed meanwhile without a line in the "
            "ledger is named by `python manage.py check_ledger`."
            if drifts
            else "Nothing to repair: everything is as the migrations made it."
        )
