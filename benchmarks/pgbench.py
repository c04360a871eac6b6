"""Measure the desk's statement with pgbench, without sign-in, checks and rendering.

The result is the upper bound of the database.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from benchmarks import packs
from benchmarks.postgres import Database, pgbench_program

RUNS = [("1 client", 1, False), ("8 clients", 8, False), ("8 clients, one pack", 8, True)]


@dataclass(frozen=True)
class Result:
    transactions: int
    per_second: float
    milliseconds: float


def statement() -> str:
    """Return the SQL that the desk sends, with psycopg's parameter names."""
    from purchases.models import SessionRequest
    from purchases.operations.sessions import STATEMENTS

    return STATEMENTS[SessionRequest.Operation.REINSTATE]


def script(actor_id: int, *, hot: bool) -> str:
    """Return the statement with pgbench's parameters. An id is two random numbers of 16 digits."""
    values = {
        "request_id": "(to_hex(:high::bigint) || to_hex(:low::bigint))::uuid",
        "purchase_id": "md5(:pack::text)::uuid",
        "operation": "'reinstate'",
        "actor_id": str(actor_id),
        "note": "''",
    }
    query = re.sub(r"%\((\w+)\)s", lambda match: values.get(match[1], "NULL"), statement())
    pack = "0" if hot else f"random(1, {packs.COUNT - 1})"
    sixteen_digits = "random(1152921504606846976, 9223372036854775807)"
    return (
        f"\\set pack {pack}\n\\set high {sixteen_digits}\n\\set low {sixteen_digits}\n"
        f"{' '.join(query.split())};\n"
    )


def run(desk: Database, actor_id: int, *, clients: int, hot: bool, seconds: float) -> Result:
    path = desk.folder / "reinstate.pgbench"
    path.write_text(script(actor_id, hot=hot))
    command = [pgbench_program(), "-n", "-M", "prepared", "-f", str(path)]
    command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds)))]
    process = subprocess.run([*command, desk.web_url], check=True, text=True, capture_output=True)

    def number(pattern: str) -> float:
        match = re.search(pattern, process.stdout)
        assert match, process.stdout
        return float(match[1])

    return Result(
        transactions=int(number(r"actually processed: (\d+)")),
        per_second=number(r"tps = ([\d.]+)"),
        milliseconds=number(r"latency average = ([\d.]+) ms"),
    )
