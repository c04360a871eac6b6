"""Everybody who answers a press: the desk, and the peers in `peers/`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
from psycopg.conninfo import conninfo_to_dict

from benchmarks import packs
from benchmarks.http import request, sign_in
from benchmarks.pgbench import statement
from benchmarks.postgres import Database, Postgres
from benchmarks.sites import free_port, serving, site

PEERS = Path(__file__).parent / "peers"
GRANIAN = "-m granian --interface wsgi --workers 2 --blocking-threads 1 --log-level warning"


@dataclass(frozen=True)
class Contender:
    """`press` makes the request for a pack, by its number. `given_back` counts what its own
    database has fewer, where it is not the desk's."""

    name: str
    port: int
    process: psutil.Process
    press: Callable[[int], bytes]
    given_back: Callable[[], int] | None = None

    @property
    def counts_in(self) -> str:
        return self.name if self.given_back else "ledger"


def studio(running: ExitStack, desk: Database, person: tuple[str, str]) -> Contender:
    """As the browser sends it: signed in, with the token of the form, answered with the row."""
    ours = running.enter_context(site(desk))
    signed_in = sign_in(ours.port, *person)

    def press(number: int) -> bytes:
        target = f"/purchases/{packs.pack_id(number)}/reinstate/"
        return signed_in.press(target, request_id=str(uuid4()), next="/purchases/")

    return Contender("Studio", ours.port, ours.process, press)


def tutorials(running: ExitStack, postgres: Postgres, python: Path) -> list[Contender]:
    """The same feature with Django's defaults, twice: with the row locked, and without."""
    found = []
    for name, path in (("by the tutorial", "locked"), ("naive", "naive")):
        database = postgres.empty(f"tutorial_{path}")
        environment = {**_libpq(database), "DJANGO_SETTINGS_MODULE": "tutorial.settings"}
        for command in (["migrate", "--verbosity", "0"], ["make_packs"]):
            subprocess.run(  # noqa: S603
                [python, "-m", "django", *command], cwd=PEERS, env=environment, check=True
            )
        port = free_port()
        command = [str(python), *GRANIAN.split(), "--port", str(port), "tutorial.wsgi:application"]
        running_site = running.enter_context(serving(command, port, environment, PEERS))
        signed_in = sign_in(port, "desk", "studio-demo")

        def press(number: int, signed_in=signed_in, path=path) -> bytes:  # type: ignore[no-untyped-def]
            pressed: bytes = signed_in.press(f"/packs/{number + 1}/{path}/")
            return pressed

        def given_back(database: Database = database) -> int:
            [(fewer,)] = database.ask(
                "SELECT sum(%s - sessions_used)::bigint FROM tutorial_pack", packs.USED
            )
            return int(fewer)

        found.append(Contender(name, port, running_site.process, press, given_back))
    return found


def json_peers(running: ExitStack, desk: Database, python: Path, actor_id: int) -> list[Contender]:
    """The desk's own statement, with no sign-in and no token, answered as JSON: a ceiling."""
    sql = desk.folder / "reinstate.sql"
    sql.write_text(statement())
    environment = {
        **os.environ,
        "REINSTATE_SQL": str(sql),
        "DATABASE_URL": desk.web_url,
    }
    uvicorn = "-m uvicorn --workers 2 --log-level warning --no-access-log"
    servers = {
        "FastAPI": f"{uvicorn} --port {{port}} fastapi_peer:app",
        "Flask": f"{GRANIAN} --port {{port}} flask_peer:app",
    }

    def press(number: int) -> bytes:
        body = json.dumps({"request_id": str(uuid4()), "actor_id": actor_id})
        target = f"/purchases/{packs.pack_id(number)}/reinstate/"
        return request("POST", target, {"Content-Type": "application/json"}, body)

    found = []
    for name, command in servers.items():
        port = free_port()
        arguments = [str(python), *command.format(port=port).split()]
        peer = running.enter_context(serving(arguments, port, environment, PEERS))
        found.append(Contender(name, port, peer.process, press))
    return found


def _libpq(database: Database) -> dict[str, str]:
    """A database as libpq's own variables."""
    parts = conninfo_to_dict(database.url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    given = {variable: str(parts[part]) for part, variable in names.items() if parts.get(part)}
    return {**os.environ, **given, "PGDATABASE": str(parts["dbname"])}
