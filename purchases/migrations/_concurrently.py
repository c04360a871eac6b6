"""Build an index without blocking writes to its table."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex
from django.db.migrations.state import ProjectState


def is_within_transaction(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.in_atomic_block or schema_editor.collect_sql)


class AddIndexWithoutBlocking(AddIndexConcurrently):
    """Build an index concurrently, in a migration that is not atomic.

    An interrupted build leaves an invalid index, which the next attempt drops. Within a transaction
    the index is built at once: the comparison of schemas collects the statements of all migrations
    and runs them in one.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if is_within_transaction(schema_editor):
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if is_within_transaction(schema_editor):
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)
