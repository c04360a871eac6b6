"""Database roles and their grants.

The login that migrates owns the tables. `studio_ledger` owns the functions. The web process
connects as `studio_app`. `matrix` defines the grants, `statements` writes the SQL, and
`differences` compares the matrix with the catalog.
"""

from studio.database.grants.differences import Difference, differences
from studio.database.grants.exposures import exposures, foreign_triggers
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES
from studio.database.grants.overloads import overloads
from studio.database.grants.restored import open_functions
from studio.database.grants.setup import (
    NotAllowed,
    create_roles,
    refuse_missing_roles,
    set_up,
)
from studio.database.grants.statements import script, statements
from studio.database.grants.web import give_password, login_problem, web_url

__all__ = [
    "APP",
    "FUNCTIONS",
    "LEDGER",
    "TABLES",
    "Difference",
    "NotAllowed",
    "create_roles",
    "differences",
    "exposures",
    "foreign_triggers",
    "give_password",
    "login_problem",
    "open_functions",
    "overloads",
    "refuse_missing_roles",
    "script",
    "set_up",
    "statements",
    "web_url",
]
