"""What PostgreSQL does for the queries of a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

# A table of so few rows is a page or two of the disk, and quicker read than looked up.
FEW = 100


@dataclass(frozen=True)
class Query:
    sql: str
    params: Any

    def plan(self) -> dict[str, Any]:
        """The plan after it was run, with what each step of it read."""
        query = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {self.sql}"
        with connection.cursor() as cursor:
            cursor.execute(query, self.params)
            (answer,) = cursor.fetchone()
        found = json.loads(answer) if isinstance(answer, str) else answer
        plan: dict[str, Any] = found[0]["Plan"]
        return plan


@contextmanager
def queries_recorded() -> Iterator[list[Query]]:
    """What is asked inside, statement by statement."""
    asked: list[Query] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            asked.append(Query(sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(record):
        yield asked


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", []):
        yield from steps(each)


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The tables of more than a few rows of which every one was looked at."""
    scans = [step for step in steps(plan) if step["Node Type"] == "Seq Scan"]
    return {step["Relation Name"] for step in scans if _rows(step) > FEW}


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows the step that read most took from its table or index."""
    scans = (step for step in steps(plan) if "Relation Name" in step or "Index Name" in step)
    return max((_rows(step) for step in scans), default=0)


def blocks_read(plan: dict[str, Any]) -> int:
    """How many pages of the disk, or of memory, it took in all: what a step passes over within an
    index counts here alone."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _rows(step: dict[str, Any]) -> int:
    read = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
    return int(read * step["Actual Loops"])
