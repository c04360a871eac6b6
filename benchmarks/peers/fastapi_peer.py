"""The desk's statement behind FastAPI: no sign-in, no token, no page."""

import os
from collections import defaultdict
from contextlib import asynccontextmanager
from uuid import UUID

from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

SQL = os.environ["REINSTATE_SQL"]
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
    note: str = ""


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/purchases/{purchase_id}/reinstate/")
async def reinstate(purchase_id: UUID, press: Press) -> dict[str, int | None]:
    # What the statement asks besides is null.
    asked = defaultdict(lambda: None, press.model_dump())
    asked |= {"purchase_id": purchase_id, "operation": "reinstate"}
    async with pool.connection() as connection:
        cursor = await connection.execute(SQL, asked)
        row = await cursor.fetchone()
    return {"sessions_used": row[0] if row else None}
