"""Import an archive in one transaction: everything, exactly as it was, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import UUID
from zipfile import BadZipFile, ZipFile

import psycopg
from django.db import Error, IntegrityError, connection, transaction

from studio.database.archive.catalog import columns_of, migrations, quoted
from studio.database.archive.guards import (
    checked_for_new_rows_only,
    continue_identities,
    without_triggers,
)
from studio.database.archive.manifest import LONGEST, NAME, File, Manifest, UnsuitableArchive
from studio.database.archive.tables import TABLES, Table

BYTES_AT_ONCE = 256 * 1024
DAMAGED = "The archive is damaged or was changed: {} is not as it was exported. Export it again."
# A new account has no password and no rights: the person chooses one by a link.
ACCOUNTS = """
    CREATE TEMPORARY TABLE incoming_users ON COMMIT DROP AS
    SELECT * FROM public.studio_user WITH NO DATA
"""
INSERT_ACCOUNTS = """
    INSERT INTO public.studio_user ({columns}, password, is_superuser)
    SELECT {columns}, '!' || replace(concat(gen_random_uuid(), gen_random_uuid()), '-', ''), false
    FROM incoming_users
"""


@dataclass(frozen=True)
class Imported:
    org_id: UUID
    studio: str
    rows: int


def import_archive(path: Path) -> Imported:
    """Import the archive and return what it was. Raise UnsuitableArchive with a sentence if that
    is not possible: then nothing was changed."""
    try:
        with ZipFile(path) as archive:
            manifest = read_manifest(archive)
            check_versions(manifest)
            for file in manifest.files:
                check_file(archive, file)
            with transaction.atomic():
                refuse_existing(manifest)
                _copy_legacy_rows_too(archive, manifest)
    except BadZipFile as error:
        raise UnsuitableArchive("The file is not an archive of a studio.") from error
    return Imported(manifest.org_id, manifest.studio, sum(file.rows for file in manifest.files))


def read_manifest(archive: ZipFile) -> Manifest:
    if NAME not in archive.namelist():
        raise UnsuitableArchive("The file is not an archive of a studio.")
    with archive.open(NAME) as part:
        manifest = Manifest.parse(part.read(LONGEST))
    if [file.table for file in manifest.files] != list(
        dict.fromkeys(file.table for file in manifest.files)
    ):
        raise UnsuitableArchive(DAMAGED.format(NAME))
    return manifest


def check_versions(manifest: Manifest) -> None:
    """Refuse an archive with migrations, tables or columns that this installation lacks. Rows of
    an older version get the defaults of newer columns."""
    ours = migrations()
    newer = [name for app, name in manifest.migrations.items() if name > ours.get(app, "")]
    if newer:
        raise UnsuitableArchive(
            f"The archive was made by a newer version of Studio ({', '.join(newer)}). Update this "
            "installation, then import it."
        )
    known = {table.name: table for table in TABLES}
    for file in manifest.files:
        if file.table not in known:
            raise UnsuitableArchive(f"This installation has no table {file.table!r}.")
        missing = set(file.columns) - set(columns_of(known[file.table]))
        if missing:
            raise UnsuitableArchive(
                f"The table {file.table} of this installation has no column "
                f"{', '.join(sorted(missing))}. Add it, then import the archive."
            )


def check_file(archive: ZipFile, file: File) -> None:
    """Refuse a file that is not as it was exported, before anything is locked."""
    digest = sha256()
    try:
        with archive.open(file.name) as part:
            for block in _blocks(part):
                digest.update(block)
    except (KeyError, BadZipFile, OSError, EOFError) as error:
        raise UnsuitableArchive(DAMAGED.format(file.name)) from error
    if digest.hexdigest() != file.sha256:
        raise UnsuitableArchive(DAMAGED.format(file.name))


def refuse_existing(manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM public.orgs WHERE id = %s", [manifest.org_id])
        if cursor.fetchone():
            raise UnsuitableArchive(
                f"This installation has the studio “{manifest.studio}” already. Import it into "
                "another installation."
            )


def _copy_legacy_rows_too(archive: ZipFile, manifest: Manifest) -> None:
    """Copy everything. Rows of other programs may break a constraint that is younger than they
    are, so a second try adds the constraints of the shared tables after the rows."""
    try:
        try:
            with transaction.atomic():
                _copy_all(archive, manifest)
        except IntegrityError as error:
            if not isinstance(error.__cause__, psycopg.errors.CheckViolation):
                raise
            with checked_for_new_rows_only():
                _copy_all(archive, manifest)
    except Error as error:
        raise UnsuitableArchive(_explain(error)) from error


def _copy_all(archive: ZipFile, manifest: Manifest) -> None:
    tables = {table.name: table for table in TABLES}
    # The order of the tables here, because an older archive may have another.
    files = sorted(manifest.files, key=lambda file: list(tables).index(file.table))
    with without_triggers(TABLES), connection.cursor() as cursor:
        for file in files:
            _copy(archive, file)
        for file in files:
            _refuse_rows_of_others(tables[file.table], file, manifest)
        # The foreign keys that are checked at the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    continue_identities([file.table for file in files])


def _refuse_rows_of_others(table: Table, file: File, manifest: Manifest) -> None:
    """Refuse an archive with rows of another studio, or rows that refer to its people.

    No row of this studio was here before, so its rows are those of the file and no others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM public.{table.name} WHERE {table.rows}",  # noqa: S608
            {"org_id": manifest.org_id},
        )
        (count,) = cursor.fetchone()
    if count != file.rows:
        raise UnsuitableArchive(
            f"The archive has rows in {table.name} that belong to another studio than "
            f"“{manifest.studio}”."
        )


def _copy(archive: ZipFile, file: File) -> None:
    names = ", ".join(map(quoted, file.columns))
    is_account = file.table == "studio_user"
    target = "incoming_users" if is_account else f"public.{file.table}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', true)")
        if is_account:
            cursor.execute(ACCOUNTS)
        statement = f"COPY {target} ({names}) FROM STDIN (FORMAT csv, HEADER MATCH)"
        with (
            connection.wrap_database_errors,
            cursor.copy(statement) as copy,
            archive.open(file.name) as part,
        ):
            for block in _blocks(part):
                copy.write(block)
        if cursor.rowcount != file.rows:
            raise UnsuitableArchive(DAMAGED.format(file.name))
        if is_account:
            cursor.execute(INSERT_ACCOUNTS.format(columns=names))


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    while block := part.read(BYTES_AT_ONCE):
        yield block


def _explain(error: Error) -> str:
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return (
            f"This installation has other rows with the same ids or names in "
            f"{cause.diag.table_name} ({cause.diag.constraint_name}). The ids of an archive are "
            "sealed and stay as they are: import it into an empty installation."
        )
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return "This login does not own the tables. Import with the login that migrates."
    if isinstance(cause, psycopg.errors.IntegrityError | psycopg.errors.DataError):
        where = cause.diag.constraint_name or cause.diag.message_primary
        return f"The archive has rows that this installation refuses: {where}."
    raise error
