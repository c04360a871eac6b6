"""Query plans of a page, read from EXPLAIN (ANALYZE, BUFFERS)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A sequential scan of up to this many rows is fine: it reads one or two blocks.
FEW = 100


@dataclass(frozen=True)
class Query:
    sql: str
    params: Any

    def plan(self) -> dict[str, Any]:
        """Run the query and return its plan, with the rows and blocks that each node read."""
        query = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {self.sql}"
        with connection.cursor() as cursor:
            cursor.execute(query, self.params)
            (answer,) = cursor.fetchone()
        explained = json.loads(answer) if isinstance(answer, str) else answer
        plan: dict[str, Any] = explained[0]["Plan"]
        return plan


@contextmanager
def queries_recorded() -> Iterator[list[Query]]:
    """Record the SELECT statements that the block executes."""
    queries: list[Query] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            queries.append(Query(sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(record):
        yield queries


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of the plan."""
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


def read_whole(plan: dict[str, Any]) -> set[str]:
    """Return the tables with more than FEW rows that the plan scans sequentially."""
    scans = [step for step in steps(plan) if step["Node Type"] == "Seq Scan"]
    return {step["Relation Name"] for step in scans if _rows(step) > FEW}


def rows_read(plan: dict[str, Any]) -> int:
    """Return the largest number of rows that one node read from its table or index."""
    scans = (step for step in steps(plan) if "Relation Name" in step or "Index Name" in step)
    return max((_rows(step) for step in scans), default=0)


def blocks_read(plan: dict[str, Any]) -> int:
    """Return the number of blocks that the plan read from disk or cache.

    Only this number includes index entries that a node skips.
    """
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _rows(step: dict[str, Any]) -> int:
    read = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
    return int(read * step["Actual Loops"])
