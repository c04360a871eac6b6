"""The database as the migrations make it, to hold the real one against.

`inspection` makes both descriptions, `drift` compares them and knows how to repair a difference.
"""

from studio.database.schema.drift import Drift, drift, repair
from studio.database.schema.inspection import (
    SHARED,
    Column,
    History,
    Key,
    Schema,
    SchemaObjects,
    actual_schema,
    expected_schema,
    history,
    node_of,
    postgres,
)

__all__ = [
    "SHARED",
    "Column",
    "Drift",
    "History",
    "Key",
    "Schema",
    "SchemaObjects",
    "actual_schema",
    "drift",
    "expected_schema",
    "history",
    "node_of",
    "postgres",
    "repair",
]
