"""The schema that the migrations create, compared with the actual one.

`inspection` describes both, `drift` compares them and repairs differences.
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
