"""Find the objects that the migrations will create, and names that are taken."""

from studio.database.attach.report import Report
from studio.database.attach.target import TABLES
from studio.database.schema import (
    SHARED,
    History,
    Key,
    Schema,
    SchemaObjects,
    expected_schema,
    node_of,
    postgres,
)

# The migrations of these functions drop a function of the same signature first.
REPLACED = {
    Key("function", "", "release_session(uuid)"),
    Key("function", "", "use_session(uuid)"),
}

RELATIONS = """
SELECT relname::text, CASE relkind WHEN 'i' THEN 'an index' WHEN 'v' THEN 'a view'
    WHEN 'S' THEN 'a sequence' ELSE 'a table' END
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


def already_made(history: History) -> SchemaObjects:
    """Return the objects that the applied migrations create. The four tables exist already."""
    applied = [each for each in history.plan if node_of(each) in history.applied | {SHARED}]
    return expected_schema(applied).objects


def to_be_made(history: History, applied: SchemaObjects) -> SchemaObjects:
    """Return the objects that the unapplied migrations create."""
    return {
        key: made
        for key, made in expected_schema(history.plan).objects.items()
        if key not in applied
    }


def inspect_names(report: Report, wanted: SchemaObjects, found: Schema) -> None:
    relations = dict(postgres().execute(RELATIONS).fetchall())
    for key, made in sorted(wanted.items()):
        if key in REPLACED or key.kind == "comment":
            continue
        makes_index = " UNIQUE (" in made or " PRIMARY KEY" in made
        if (key.kind in ("table", "index") or makes_index) and key.name in relations:
            report.refuse(f"the name {key.name} is used by {relations[key.name]}: rename that")
        elif key in found.objects and key.kind == "function":
            report.refuse(f"the function {key.name} exists and is not ours: rename it")
        elif key in found.objects and key.table in TABLES:
            report.refuse(
                f"the {key.kind} {key.name} on {key.table} exists and is not ours: rename it"
            )


def is_ours(report: Report, history: History) -> bool:
    """Return whether django_migrations belongs to this project, and not to another one."""
    consistent = True
    for node in sorted(history.applied & history.needs.keys()):
        for missing in sorted(history.needs[node] - history.applied - {SHARED}):
            report.refuse(
                f"django_migrations has {'.'.join(node)} without {'.'.join(missing)}, which it "
                "needs: another Django project uses this table, and Studio cannot share it"
            )
            consistent = False
    return consistent
