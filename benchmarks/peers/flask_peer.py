"""The desk's statement behind Flask, without sign-in, CSRF token and HTML."""

import os
from collections import defaultdict
from functools import cache
from uuid import UUID

import psycopg
from flask import Flask, request

SQL = os.environ["REINSTATE_SQL"]
app = Flask(__name__)


@cache
def database():
    """Return the connection of the worker, which has one thread."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)


@app.post("/purchases/<uuid:purchase_id>/reinstate/")
def reinstate(purchase_id):
    command = request.get_json()
    # All other parameters of the statement are null.
    parameters = defaultdict(
        lambda: None,
        request_id=UUID(command["request_id"]),
        operation="reinstate",
        purchase_id=purchase_id,
        actor_id=command["actor_id"],
        note=command.get("note", ""),
    )
    row = database().execute(SQL, parameters).fetchone()
    return {"sessions_used": row[0] if row else None}
