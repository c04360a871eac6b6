"""Fill a table for rows that are older than its trigger."""

from uuid import UUID

from django.db import transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def backfill(
    schema_editor: BaseDatabaseSchemaEditor, *, lock: str, fill: str, size: int, done: str
) -> None:
    """Run `fill` for the ids of every row, `size` rows at a time and each batch in a transaction.

    `lock` selects and locks the ids of one batch: it has a place `{after}` for its WHERE clause
    and a parameter for its size. Short transactions never lock a live table for long. A backfill
    that was interrupted continues if it is run again, because `fill` skips the rows that it has
    filled.
    """
    after: UUID | None = None
    total = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            # The first batch has no lower bound, because `id > nil` would skip the nil UUID.
            bound = "WHERE id > %s" if after else ""
            with transaction.atomic(schema_editor.connection.alias):
                cursor.execute(lock.format(after=bound), [after, size] if after else [size])
                ids = [row[0] for row in cursor.fetchall()]
                cursor.execute(fill, [ids])
            total += len(ids)
            if len(ids) < size:
                return
            if total % 10_000 < size:
                print(f"\n    {done.format(total=total)}", end="", flush=True)
            after = ids[-1]
