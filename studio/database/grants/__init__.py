"""Who may do what in the database: the login that migrates owns the tables, `studio_ledger` owns
the functions, and `studio_app` is what the web process connects as.

`matrix` says it, `statements` makes it so, and `differences` compares it with the catalog.
"""

from studio.database.grants.differences import Difference, differences
from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES
from studio.database.grants.setup import NotAllowed, set_up
from studio.database.grants.statements import script, statements
from studio.database.grants.web import give_password, web_url, why_not_in

__all__ = [
    "APP",
    "FUNCTIONS",
    "LEDGER",
    "TABLES",
    "Difference",
    "NotAllowed",
    "differences",
    "give_password",
    "script",
    "set_up",
    "statements",
    "web_url",
    "why_not_in",
]
