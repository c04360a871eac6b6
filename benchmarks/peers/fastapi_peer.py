"""The desk's statement behind FastAPI: no sign-in, no token, no page."""

import os
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

SQL = Path(os.environ["REINSTATE_SQL"]).read_text()
pool = AsyncConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=8,
    max_size=8,
    kwargs={"autocommit": True, "prepare_threshold": 0},
    open=False,
)


class Press(BaseModel):
    request_id: UUID
    actor_id: int
    reason: str | None = None
    note: str = ""
    event_id: int | None = None
    approved_by_id: int | None = None
    extend_days: int | None = None
    extend_until: date | None = None


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/purchases/{purchase_id}/reinstate/")
async def reinstate(purchase_id: UUID, press: Press) -> dict[str, int | None]:
    asked = {
        **press.model_dump(),
        "purchase_id": purchase_id,
        "operation": "reinstate",
        "objection": None,
    }
    async with pool.connection() as connection:
        cursor = await connection.execute(SQL, asked)
        row = await cursor.fetchone()
    return {"sessions_used": row[0] if row else None}
