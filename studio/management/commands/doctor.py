"""`manage.py doctor`: look at the installation, and print what is wrong and what to do."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.doctor import Level, Result, examine
from studio.doctor.figures import write as write_figures

WORDS = {Level.OK: "ok", Level.WARNING: "warning", Level.ERROR: "error"}


class Command(BaseCommand):
    help = (
        "Looks at settings, disk, database, pooler, TLS, migrations, schema, roles, clock and "
        "seals, and prints one line for each. The status is 1 if one of them is an error. Use the "
        "login that migrates."
    )
    # The looks include the system checks, and should also be printed if a check fails.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write",
            type=Path,
            metavar="FILE",
            help="also write the results for the page /metrics, whose DOCTOR_FILE names this file",
        )

    def handle(self, *, write: Path | None, **options: Any) -> None:
        results = self.print_results()
        if write:
            try:
                write_figures(write, results)
            except OSError as error:
                raise CommandError(f"{write} cannot be written: {error.strerror}.") from error
        if any(result.level is Level.ERROR for result in results.values()):
            sys.exit(1)

    def print_results(self) -> dict[str, Result]:
        """Print each result as soon as it is known, and return all of them."""
        styles = {
            Level.OK: self.style.SUCCESS,
            Level.WARNING: self.style.WARNING,
            Level.ERROR: self.style.ERROR,
        }
        results = {}
        for name, result in examine():
            word = styles[result.level](f"{WORDS[result.level]:8}")
            self.stdout.write(f"{word} {name:13} {result.text}")
            results[name] = result
        return results
