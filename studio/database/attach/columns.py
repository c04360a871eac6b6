"""Compare the columns of the four shared tables with the columns that the site needs."""

from collections.abc import Iterator

from studio.database.attach.report import Report
from studio.database.schema import Column

# A missing time in these columns is shown as "-". A null in any other column breaks a page or hides
# the row.
MAY_BE_NULL = {
    ("orgs", "created_at"),
    ("offers", "created_at"),
    ("offers", "updated_at"),
    ("client_purchases", "created_at"),
}


def compare(report: Report, *, needed: list[Column], found: list[Column]) -> None:
    there = {(column.table, column.name): column for column in found}
    tables = {column.table for column in found}
    for column in needed:
        if column.table not in tables:
            continue
        if match := there.pop((column.table, column.name), None):
            report.refuse(*refusals(column, match))
            report.warn(*warnings(column, match))
            report.note(*notes(column, match))
        else:
            report.refuse(f"{column} is missing: {addition(column)}")
    extra = [column for column in there.values() if column.table in tables]
    report.note(*(f"{column} belongs to another program and stays" for column in extra))
    report.warn(*(must_be_filled(column) for column in extra if has_no_value(column)))


def refusals(needed: Column, found: Column) -> Iterator[str]:
    alter = f"ALTER TABLE public.{needed.table}"
    if found.type != needed.type:
        yield f"{needed} is {found.type} and must be {needed.type}: {conversion(needed, found)}"
    if needed.generated and same(found.generated) != same(needed.generated):
        yield (
            f"{needed} is {found.generated or 'an ordinary column'} and must be generated from the "
            f"counts: {alter} DROP COLUMN {needed.name}; {addition(needed)}"
        )
    if found.generated and not needed.generated:
        yield (
            f"{needed} is generated, so the site cannot write it: "
            f"{alter} ALTER COLUMN {needed.name} DROP EXPRESSION"
        )
    if needed.not_null and not found.not_null and (needed.table, needed.name) not in MAY_BE_NULL:
        yield (
            f"{needed} may be null: {alter} ALTER COLUMN {needed.name} SET NOT NULL "
            f"(PostgreSQL reports it if a row has null)"
        )


def warnings(needed: Column, found: Column) -> Iterator[str]:
    if needed.default and not found.default and not found.generated:
        what = "can't add a row" if needed.not_null else "adds rows with null"
        yield (
            f"{needed} has no default, so the site {what}: ALTER TABLE public.{needed.table} "
            f"ALTER COLUMN {needed.name} SET DEFAULT {needed.default}"
        )
    if found.not_null and not needed.not_null:
        yield (
            f"{needed} may not be null: a form of the site that leaves it empty is refused. Or: "
            f"ALTER TABLE public.{needed.table} ALTER COLUMN {needed.name} DROP NOT NULL"
        )


def notes(needed: Column, found: Column) -> Iterator[str]:
    if found.default and same(found.default) != same(needed.default):
        yield f"{needed} has the default {found.default}; it stays"
    if needed.not_null and not found.not_null and (needed.table, needed.name) in MAY_BE_NULL:
        yield f"{needed} may be null; the site shows “-” for null"


def has_no_value(column: Column) -> bool:
    return column.not_null and not column.default and not column.generated


def must_be_filled(column: Column) -> str:
    return (
        f"{column} may not be null and has no default, so the site can't add a row to "
        f"{column.table}: ALTER TABLE public.{column.table} ALTER COLUMN {column.name} "
        "SET DEFAULT … (or DROP NOT NULL)"
    )


def addition(column: Column) -> str:
    parts = [f"ALTER TABLE public.{column.table} ADD COLUMN {column.name} {column.type}"]
    if column.generated:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) STORED")
    if column.default:
        parts.append(f"DEFAULT {column.default}")
    if column.not_null and column.default:
        parts.append("NOT NULL")
    if column.not_null and not column.default:
        parts.append("(fill it, then ALTER COLUMN … SET NOT NULL)")
    return " ".join(parts)


def conversion(needed: Column, found: Column) -> str:
    using = f"{needed.name}::{needed.type}"
    if found.type == "timestamp without time zone":
        using = f"{needed.name} AT TIME ZONE 'UTC' (if the times are in UTC)"
    return (
        f"ALTER TABLE public.{needed.table} ALTER COLUMN {needed.name} TYPE {needed.type} "
        f"USING {using}"
    )


def same(expression: str | None) -> str:
    """Return an expression without spaces and parentheses, to compare two spellings of it."""
    return "".join(character for character in expression or "" if character not in " ()")
