"""The executor that every migration runs in, of an empty database and of one that is attached."""

from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.db.migrations.executor import MigrationExecutor

from studio.database.default_privileges import closed_to_others


class Executor(MigrationExecutor):
    """Commit each migration together with its record and without rights of other roles.

    Django commits some migrations before it records them, and a kill in between leaves one that
    can't run again. Default privileges may grant new tables and functions to other roles, so the
    same transaction revokes these rights.
    """

    def migrate(self, targets: Any, plan: Any = None, *args: Any, **options: Any) -> Any:
        if plan != []:
            self.create_history()
        return super().migrate(targets, plan, *args, **options)

    def create_history(self) -> None:
        """Create the table of applied migrations if it does not exist."""
        with transaction.atomic(), closed_to_others():
            self.recorder.ensure_schema()

    def apply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        with transaction.atomic() if migration.atomic else nullcontext(), closed_to_others():
            return super().apply_migration(state, migration, *args, **options)

    def unapply_migration(self, state: Any, migration: Any, *args: Any, **options: Any) -> Any:
        with transaction.atomic() if migration.atomic else nullcontext(), closed_to_others():
            return super().unapply_migration(state, migration, *args, **options)
