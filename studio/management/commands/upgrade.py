"""`manage.py upgrade`: bring the database, the roles and the static files to this version."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database import upgrade

STEPS: list[tuple[str, dict[str, Any]]] = [
    ("migrate", {"interactive": False}),
    ("setup_roles", {}),
    ("collectstatic", {"interactive": False}),
    ("check", {"databases": ["default"]}),
    ("check_ledger", {}),
]


class Command(BaseCommand):
    help = (
        "Runs migrate, setup_roles, collectstatic, check --database default and check_ledger. "
        "Changes nothing if one of them would fail, and says how to go back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done and what is wrong"
        )
        parser.add_argument(
            "--no-static",
            action="store_true",
            help="leave the static files alone, as for a further database of this machine",
        )

    def handle(self, *, dry_run: bool, no_static: bool, **options: Any) -> None:
        problems = list(upgrade.problems())
        for warning in upgrade.warnings():
            self.stderr.write(warning)
        if problems:
            raise CommandError(
                "Nothing was changed. Change this first:\n"
                + "\n".join(f"  - {problem}" for problem in problems)
            )
        plan = upgrade.plan()
        for app, name in plan.migrations:
            self.stdout.write(f"{'Would run' if dry_run else 'Runs'} the migration {app}.{name}.")
        if dry_run:
            self.stdout.write("Nothing was changed, and every step can run.")
            return
        done: list[str] = []
        for name, arguments in STEPS:
            if no_static and name == "collectstatic":
                continue
            try:
                call_command(name, stdout=self.stdout, stderr=self.stderr, **arguments)
            except Exception as error:
                raise CommandError(
                    f"{name} failed: {error}\nDone before it: {', '.join(done) or 'nothing'}. "
                    f"{self.way_back(plan)}"
                ) from error
            done.append(name)
        self.stdout.write(f"The upgrade is done. Reload the site. {self.way_back(plan)}")

    @staticmethod
    def way_back(plan: upgrade.Plan) -> str:
        """Return how to go back to the former version."""
        if plan.is_new or not plan.migrations:
            return "The database has no former version to go back to."
        if plan.irreversible:
            return f"To go back, restore the backup: no command reverses {plan.irreversible[-1]}."
        return (
            "To go back, run these commands of this version, then setup_roles of the former one, "
            f"or restore the backup: {'; '.join(plan.way_back)}"
        )
