"""Database roles and their grants.

The login that migrates owns the tables. `studio_ledger` owns the functions. The web process
connects as `studio_app`. `matrix` defines the grants, `statements` writes the SQL, and
`differences` compares the matrix with the catalog.
"""

from studio.database.grants.differences import Difference, differences
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES
from studio.database.grants.setup import NotAllowed, set_up
from studio.database.grants.statements import script, statements
from studio.database.grants.web import give_password, login_problem, web_url

__all__ = [
    "APP",
    "FUNCTIONS",
    "LEDGER",
    "TABLES",
    "Difference",
    "NotAllowed",
    "differences",
    "give_password",
    "login_problem",
    "script",
    "set_up",
    "statements",
    "web_url",
]
