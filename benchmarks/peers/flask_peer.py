"""The desk's statement behind Flask: no sign-in, no token, no page."""

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
    """One connection for the worker, which has one thread."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)


@app.post("/purchases/<uuid:purchase_id>/reinstate/")
def reinstate(purchase_id):
    press = request.get_json()
    # What the statement asks besides is null.
    asked = defaultdict(
        lambda: None,
        request_id=UUID(press["request_id"]),
        operation="reinstate",
        purchase_id=purchase_id,
        actor_id=press["actor_id"],
        note=press.get("note", ""),
    )
    row = database().execute(SQL, asked).fetchone()
    return {"sessions_used": row[0] if row else None}
