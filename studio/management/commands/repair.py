from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database import schema


class Command(BaseCommand):
    help = (
        "Recreates every changed function, trigger, constraint and index as the migrations make "
        "it, and then sets up the roles. `check --database default` lists the differences."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="list the differences, and stop")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        history = schema.history()
        drifts = schema.drift(history)
        for drift in drifts:
            self.stdout.write(f"{drift.name}.")
        if dry_run:
            return
        try:
            schema.repair(drifts)
        except psycopg.Error as error:
            raise CommandError(f"Nothing was repaired. {error}") from error
        if history.missing:
            self.stdout.write("Migrations are missing: python manage.py migrate, then setup_roles.")
        else:
            call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
        if left := schema.drift(history):
            names = "; ".join(drift.name for drift in left)
            raise CommandError(f"Not repaired: {names}. Restore tables from a backup.")
        self.stdout.write(
            "The schema is as the migrations make it. Run `python manage.py check_ledger` to find "
            "counts that changed without an event."
            if drifts
            else "Nothing to repair: the schema is as the migrations make it."
        )
