"""What the migrations are going to make, and whether a name of it is taken."""

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

# Their migrations drop first what is there under the name.
REPLACED = {
    Key("function", "", "release_session(uuid)"),
    Key("function", "", "use_session(uuid)"),
    Key("function", "", "undo_reinstatement(uuid)"),
}

RELATIONS = """
SELECT relname::text, CASE relkind WHEN 'i' THEN 'an index' WHEN 'v' THEN 'a view'
    WHEN 'S' THEN 'a sequence' ELSE 'a table' END
FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""


def to_be_made(history: History) -> SchemaObjects:
    """All that the migrations make which were not applied; the four tables are there."""
    applied = [each for each in history.plan if node_of(each) in history.applied | {SHARED}]
    there = expected_schema(applied).objects
    return {
        key: made for key, made in expected_schema(history.plan).objects.items() if key not in there
    }


def inspect_names(report: Report, wanted: SchemaObjects, found: Schema) -> None:
    relations = dict(postgres().execute(RELATIONS).fetchall())
    for key, made in sorted(wanted.items()):
        if key in REPLACED:
            continue
        makes_index = " UNIQUE (" in made or " PRIMARY KEY" in made
        if (key.kind in ("table", "index") or makes_index) and key.name in relations:
            report.refuse(f"the name {key.name} is taken by {relations[key.name]}: rename that")
        elif key in found.objects and key.kind == "function":
            report.refuse(f"the function {key.name} is there, and not ours: rename it")
        elif key in found.objects and key.table in TABLES:
            report.refuse(
                f"the {key.kind} {key.name} on {key.table} is there, and not ours: rename it"
            )


def is_ours(report: Report, history: History) -> bool:
    """Whether the history in this database is not that of another Django project."""
    consistent = True
    for node in sorted(history.applied & history.needs.keys()):
        for missing in sorted(history.needs[node] - history.applied - {SHARED}):
            report.refuse(
                f"django_migrations has {'.'.join(node)} without {'.'.join(missing)}, which it "
                "needs: another Django project keeps its history here, and Studio can't beside it"
            )
            consistent = False
    return consistent
