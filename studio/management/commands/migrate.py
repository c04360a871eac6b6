from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from studio.database import bridge
from studio.database.autodetector import SchemaAutodetector
from studio.database.executor import Executor

# Django's command has no hook for its executor.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    autodetector = SchemaAutodetector

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Upgrade a database of before version 0.1.0 first, because the checks would fail on it."""
        changes = not (options["plan"] or options["check_unapplied"])
        if changes and options["database"] == DEFAULT_DB_ALIAS:
            try:
                if bridge.is_needed():
                    bridge.cross()
                    # The checks would report missing roles, which setup_roles creates later.
                    options["skip_checks"] = True
            except bridge.TooOld as error:
                raise CommandError(str(error)) from error
        return super().execute(*args, **options)
