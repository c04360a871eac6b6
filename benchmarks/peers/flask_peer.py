"""The desk's statement behind Flask: no sign-in, no token, no page."""

import os
from functools import cache
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask, request

SQL = Path(os.environ["REINSTATE_SQL"]).read_text()
app = Flask(__name__)


@cache
def database():
    """One connection for the worker, which has one thread."""
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)


@app.post("/purchases/<uuid:purchase_id>/reinstate/")
def reinstate(purchase_id):
    press = request.get_json()
    asked = {
        "request_id": UUID(press["request_id"]),
        "operation": "reinstate",
        "purchase_id": purchase_id,
        "event_id": press.get("event_id"),
        "actor_id": press["actor_id"],
        "approved_by_id": press.get("approved_by_id"),
        "extend_days": press.get("extend_days"),
        "extend_until": press.get("extend_until"),
        "reason": press.get("reason"),
        "note": press.get("note", ""),
        "objection": None,
    }
    row = database().execute(SQL, asked).fetchone()
    return {"sessions_used": row[0] if row else None}
