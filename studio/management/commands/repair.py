from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from studio.database import grants, schema, tables


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
            refused = schema.repair(drifts)
        except psycopg.Error as error:
            raise CommandError(f"Nothing was repaired. {error}") from error
        self.write_statements(refused)
        if history.missing:
            self.stdout.write("Migrations are missing: python manage.py migrate, then setup_roles.")
        else:
            call_command("setup_roles", stdout=self.stdout, stderr=self.stderr)
            self.write_findings(history)
        if refused:
            raise CommandError(
                "This login may not repair everything. Let a superuser or the owner run the "
                "statements above, then run `python manage.py repair` again."
            )
        if left := schema.drift(history):
            names = "\n".join(f"{drift.name}. {drift.repair}" for drift in left)
            raise CommandError(f"Not repaired:\n{names}")
        self.stdout.write(
            "The schema is as the migrations make it. Run `python manage.py check_ledger` to find "
            "counts that changed without an event."
            if drifts
            else "Nothing to repair: the schema is as the migrations make it."
        )

    def write_findings(self, history: schema.History) -> None:
        """Write what only a person can decide: the objects of other programs."""
        added = [(each.name, each.repair) for each in tables.findings(history).errors]
        overloads = grants.overloads(connection).values()
        for name, statement in [*added, *((each.name, each.repair) for each in overloads)]:
            self.stdout.write(f"Not repaired, because another program made it: {name}.")
            self.stdout.write(f"  {statement}")

    def write_statements(self, statements: list[str]) -> None:
        if statements:
            self.stdout.write("A superuser or the owner of the object has to run:")
            for statement in statements:
                self.stdout.write(f"  {statement}")
