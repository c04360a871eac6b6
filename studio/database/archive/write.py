"""Write the archive of a studio, chunk by chunk and in constant memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from hashlib import sha256
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection

from purchases import clock
from purchases.exports.zip_stream import Sent, part_named
from studio.database.archive.catalog import columns_of, migrations, quoted
from studio.database.archive.manifest import FORMAT, NAME, File, Manifest
from studio.database.archive.tables import TABLES, Table

# The bytes of a file that one chunk compresses, in about two milliseconds.
BYTES_AT_ONCE = 64 * 1024
# Values are written exactly, whatever the settings of the role are.
SETTINGS = """
SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
    set_config('bytea_output', 'hex', true), set_config('statement_timeout', '1h', true)
"""
MOVED = """
SELECT count(DISTINCT event.purchase_id)
FROM (
    SELECT purchase_id, org_id FROM public.session_events
    UNION ALL SELECT purchase_id, org_id FROM public.expiry_events
    UNION ALL SELECT purchase_id, org_id FROM public.purchase_events
) AS event
JOIN public.client_purchases AS purchase ON purchase.id = event.purchase_id
WHERE event.org_id <> purchase.org_id AND %(org_id)s::uuid IN (event.org_id, purchase.org_id)
"""


class MovedPurchases(Exception):
    """Another program moved purchases between studios, so that their history belongs to both."""


def archive_chunks(org_id: UUID) -> Generator[tuple[bytes, int]]:
    """Yield the bytes of the archive, each with a number of rows. It needs a transaction on one
    snapshot. Raise MovedPurchases before the first chunk if the history of a purchase belongs to
    another studio too."""
    refuse_moved(org_id)
    sent, files = Sent(), []
    with ZipFile(sent, "w", ZIP_DEFLATED) as archive:
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
            cursor.execute("SELECT name FROM public.orgs WHERE id = %s", [org_id])
            (studio,) = cursor.fetchone()
        for table in TABLES:
            files.append((yield from _write_table(archive, sent, table, org_id)))
        manifest = Manifest(
            format=FORMAT,
            org_id=org_id,
            studio=studio,
            exported_at=clock.now().isoformat(),
            postgresql=str(connection.connection.info.server_version),
            migrations=migrations(),
            files=files,
        )
        archive.writestr(part_named(NAME), manifest.as_json())
    yield sent.take(), 0


def refuse_moved(org_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"org_id": org_id})
        (moved,) = cursor.fetchone()
    if moved:
        raise MovedPurchases(
            f"{moved:,} purchase{'s' * (moved != 1)} of this studio belonged to another studio, "
            "too. Their history cannot be separated, so there is no archive."
        )


def _write_table(
    archive: ZipFile, sent: Sent, table: Table, org_id: UUID
) -> Generator[tuple[bytes, int], None, File]:
    columns = columns_of(table)
    digest, rows = sha256(), 0
    # A part may be longer than 4 GB.
    with archive.open(part_named(f"{table.name}.csv"), "w", force_zip64=True) as part:
        for data, lines in _blocks(table, columns, org_id):
            digest.update(data)
            part.write(data)
            rows += lines
            yield sent.take(), lines
    return File(table.name, columns, rows, digest.hexdigest())


def _blocks(table: Table, columns: list[str], org_id: UUID) -> Iterator[tuple[bytes, int]]:
    """Yield blocks of the CSV file, each with its number of rows."""
    names = ", ".join(map(quoted, columns))
    statement = (
        f"COPY (SELECT {names} FROM public.{table.name} WHERE {table.rows} ORDER BY {table.key})"  # noqa: S608
        " TO STDOUT (FORMAT csv, HEADER)"
    )
    # The first line is the header.
    block, lines = bytearray(), -1
    # psycopg inserts the parameter, because COPY does not take parameters.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement, {"org_id": org_id}) as copy,
    ):
        for line in copy:
            block += line
            lines += 1
            if len(block) >= BYTES_AT_ONCE:
                yield bytes(block), lines
                block.clear()
                lines = 0
    yield bytes(block), lines
