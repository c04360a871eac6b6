from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from studio.database import bridge
from studio.database.autodetector import SchemaAutodetector


class Command(migrate.Command):
    autodetector = SchemaAutodetector

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Carry an older database over before the checks look at it."""
        changes = not (options["plan"] or options["check_unapplied"])
        if changes and options["database"] == DEFAULT_DB_ALIAS:
            try:
                if bridge.is_needed():
                    bridge.cross()
                    # The checks would miss the roles, which setup_roles sets up afterwards.
                    options["skip_checks"] = True
            except bridge.TooOld as error:
                raise CommandError(str(error)) from error
        return super().execute(*args, **options)
