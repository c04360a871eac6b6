"""The look of `attach` at the four shared tables, after the database was attached."""

from studio.database.attach.columns import compare, same
from studio.database.attach.report import Report
from studio.database.attach.target import inspect_after_attaching
from studio.database.attach.triggers import inspect_triggers
from studio.database.schema import Column, History, Schema, expected_schema
from studio.database.tables.finding import Finding


def look_of_attach(history: History, actual: Schema) -> tuple[list[Finding], list[Finding]]:
    """Return the refusals and the warnings of `attach`."""
    report = Report()
    inspect_after_attaching(report)
    needed, found = expected_schema(history.done).shared, actual.shared
    compare(report, needed=needed, found=found)
    report.warn(*changed_defaults(needed, found))
    inspect_triggers(report)
    return [*map(Finding.of, report.refusals)], [*map(Finding.of, report.warnings)]


def changed_defaults(needed: list[Column], found: list[Column]) -> list[str]:
    """Return a sentence for each default that differs. A studio may have another currency."""
    actual = {str(column): column for column in found}
    return [
        f"{column} has the default {match.default} and not {column.default}: ALTER TABLE "
        f"public.{column.table} ALTER COLUMN {column.name} SET DEFAULT {column.default or 'NULL'}"
        for column in needed
        if (match := actual.get(str(column)))
        and match.default
        and same(match.default) != same(column.default)
        and column.name != "currency"
    ]
