"""The desk's statement behind FastAPI, without sign-in, CSRF token and HTML."""

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


class Reinstate(BaseModel):
    request_id: UUID
    actor_id: int
    note: str = ""


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/purchases/{purchase_id}/reinstate/")
async def reinstate(purchase_id: UUID, command: Reinstate) -> dict[str, int | None]:
    # All other parameters of the statement are null.
    parameters = defaultdict(lambda: None, command.model_dump())
    parameters |= {"purchase_id": purchase_id, "operation": "reinstate"}
    async with pool.connection() as connection:
        cursor = await connection.execute(SQL, parameters)
        row = await cursor.fetchone()
    return {"sessions_used": row[0] if row else None}
