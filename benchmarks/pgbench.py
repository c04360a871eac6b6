"""The statement of the desk under PostgreSQL's own load generator: what the database can do when
nobody signs in, checks or renders anything."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from benchmarks import packs
from benchmarks.postgres import Database, pgbench_program

WAYS = [("1 client", 1, False), ("8 clients", 8, False), ("8 clients, one pack", 8, True)]


@dataclass(frozen=True)
class Ran:
    transactions: int
    per_second: float
    milliseconds: float


def statement() -> str:
    """The very text that the desk sends, with psycopg's names for the parameters."""
    from purchases.operations.requests import CLAIM, Operation
    from purchases.operations.sessions import ACT, FUNCTIONS

    return CLAIM + ACT.format(function=FUNCTIONS[Operation.REINSTATE])


def script(actor_id: int, *, hot: bool) -> str:
    """The statement with pgbench's parameters. An id is two random numbers of 16 digits each."""
    values = {
        "request_id": "(to_hex(:high::bigint) || to_hex(:low::bigint))::uuid",
        "purchase_id": "md5(:pack::text)::uuid",
        "operation": "'reinstate'",
        "actor_id": str(actor_id),
        "note": "''",
    }
    query = re.sub(r"%\((\w+)\)s", lambda found: values.get(found[1], "NULL"), statement())
    pack = "0" if hot else f"random(1, {packs.COUNT - 1})"
    sixteen_digits = "random(1152921504606846976, 9223372036854775807)"
    return (
        f"\\set pack {pack}\n\\set high {sixteen_digits}\n\\set low {sixteen_digits}\n"
        f"{' '.join(query.split())};\n"
    )


def run(desk: Database, actor_id: int, *, clients: int, hot: bool, seconds: float) -> Ran:
    path = desk.folder / "reinstate.pgbench"
    path.write_text(script(actor_id, hot=hot))
    command = [pgbench_program(), "-n", "-M", "prepared", "-f", str(path)]
    command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds)))]
    done = subprocess.run([*command, desk.web_url], check=True, text=True, capture_output=True)

    def found(pattern: str) -> float:
        match = re.search(pattern, done.stdout)
        assert match, done.stdout
        return float(match[1])

    return Ran(
        transactions=int(found(r"actually processed: (\d+)")),
        per_second=found(r"tps = ([\d.]+)"),
        milliseconds=found(r"latency average = ([\d.]+) ms"),
    )
