"""The database as the migrations make it, to hold the real one against.

`drawing` makes both descriptions, `drift` compares them and knows how to mend a difference.
"""

from studio.database.schema.drawing import (
    SHARED,
    Blueprint,
    Column,
    History,
    Key,
    Things,
    draw,
    history,
    node_of,
    postgres,
    survey,
)
from studio.database.schema.drift import Drift, drift, mend

__all__ = [
    "SHARED",
    "Blueprint",
    "Column",
    "Drift",
    "History",
    "Key",
    "Things",
    "draw",
    "drift",
    "history",
    "mend",
    "node_of",
    "postgres",
    "survey",
]
