"""Everybody who answers a press: the desk, and the peers in `peers/`."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import psutil

from benchmarks import packs
from benchmarks.http import SignedIn, request, sign_in
from benchmarks.pgbench import statement
from benchmarks.postgres import Database, Postgres
from benchmarks.sites import free_port, serving, site
from studio.serve import web_server

PEERS = Path(__file__).parent
# What stands for both ids in a request that is written once. All ids are as long as these.
PACK, REQUEST = UUID(int=1), UUID(int=2)
TARGET = f"/purchases/{PACK}/reinstate/"


@dataclass(frozen=True)
class Peer:
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


def studio(running: ExitStack, desk: Database, person: tuple[str, str]) -> Peer:
    """As the browser sends it: signed in, with the token of the form, answered with the row."""
    ours = running.enter_context(site(desk))
    signed_in = sign_in(ours.port, *person)
    sample = signed_in.press(TARGET, request_id=str(REQUEST), next="/purchases/")
    return Peer("Studio", ours.port, ours.process, pressing(sample))


def pressing(sample: bytes) -> Callable[[int], bytes]:
    """The request for a pack, each under an id of its own."""
    before, between, after = re.split(f"{PACK}|{REQUEST}".encode(), sample)

    def press(number: int) -> bytes:
        pack, request = str(packs.pack_id(number)).encode(), str(uuid4()).encode()
        return b"".join([before, pack, between, request, after])

    return press


def tutorials(running: ExitStack, postgres: Postgres, python: Path) -> list[Peer]:
    """The same feature with Django's defaults, twice: with the row locked, and without."""
    found = []
    for name, path in (("by the tutorial", "locked"), ("naive", "naive")):
        database = postgres.empty(f"tutorial_{path}")
        environment = database.environment | {"DJANGO_SETTINGS_MODULE": "tutorial.settings"}
        made = [str(number) for number in (packs.COUNT, packs.TOTAL, packs.USED)]
        prepare = [str(python), "-m", "tutorial.prepare", *made]
        subprocess.run(prepare, cwd=PEERS, env=environment, check=True)
        port = free_port()
        command = web_server(str(port), "tutorial.wsgi:application", python=str(python))
        running_site = running.enter_context(serving(command, port, environment, PEERS))
        signed_in = sign_in(port, "desk", "studio-demo")

        def press(number: int, signed_in: SignedIn = signed_in, path: str = path) -> bytes:
            return signed_in.press(f"/packs/{number + 1}/{path}/")

        def given_back(database: Database = database) -> int:
            [(fewer,)] = database.ask(
                "SELECT sum(%s - sessions_used)::bigint FROM tutorial_pack", packs.USED
            )
            return int(fewer)

        found.append(Peer(name, port, running_site.process, press, given_back))
    return found


def json_peers(running: ExitStack, desk: Database, python: Path, actor_id: int) -> list[Peer]:
    """The desk's own statement, with no sign-in and no token, answered as JSON: a ceiling."""
    environment = os.environ | {"REINSTATE_SQL": statement(), "DATABASE_URL": desk.web_url}

    body = json.dumps({"request_id": str(REQUEST), "actor_id": actor_id})
    sample = request("POST", TARGET, {"Content-Type": "application/json"}, body)

    def peer(name: str, port: int, command: list[str]) -> Peer:
        started = running.enter_context(serving(command, port, environment, PEERS))
        return Peer(name, port, started.process, pressing(sample))

    port, other = free_port(), free_port()
    uvicorn = f"-m uvicorn --port {port} --workers 2 --log-level warning --no-access-log"
    return [
        peer("FastAPI", port, [str(python), *uvicorn.split(), "fastapi_peer:app"]),
        peer("Flask", other, web_server(str(other), "flask_peer:app", python=str(python))),
    ]
