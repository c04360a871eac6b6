"""Start the desk and its peers, which implement the same reinstatement."""

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
from studio.supervisor import web_server

# A folder without `__init__.py`, since its programs run in another environment, without Studio.
PEERS = Path(__file__).parent / "peers"
# Placeholders for the ids in a sample request. All ids have the same length.
PACK, REQUEST = UUID(int=1), UUID(int=2)
TARGET = f"/purchases/{PACK}/reinstate/"


@dataclass(frozen=True)
class Peer:
    """`reinstate_request` returns the request for the pack of a number.

    `reinstated_sessions` returns the number of reinstated sessions, for a peer with a separate
    database.
    """

    name: str
    port: int
    process: psutil.Process
    reinstate_request: Callable[[int], bytes]
    reinstated_sessions: Callable[[], int] | None = None

    @property
    def counts_in(self) -> str:
        return self.name if self.reinstated_sessions else "ledger"


def studio(running: ExitStack, desk: Database, person: tuple[str, str]) -> Peer:
    """Start the desk. Requests have a session and a CSRF token, and responses have the row."""
    ours = running.enter_context(site(desk))
    signed_in = sign_in(ours.port, *person)
    sample = signed_in.form_request(TARGET, request_id=str(REQUEST), next="/purchases/")
    return Peer("Studio", ours.port, ours.process, requests_like(sample))


def requests_like(sample: bytes) -> Callable[[int], bytes]:
    """Return a function that returns the sample request for a pack number and a new request id."""
    before, between, after = re.split(f"{PACK}|{REQUEST}".encode(), sample)

    def reinstate_request(number: int) -> bytes:
        pack, request = str(packs.pack_id(number)).encode(), str(uuid4()).encode()
        return b"".join([before, pack, between, request, after])

    return reinstate_request


def tutorials(running: ExitStack, postgres: Postgres, python: Path) -> list[Peer]:
    """Start two peers with Django's defaults: one locks the row, the other does not."""
    peers = []
    for name, path in (("by the tutorial", "locked"), ("naive", "naive")):
        database = postgres.empty(f"tutorial_{path}")
        environment = database.environment | {"DJANGO_SETTINGS_MODULE": "tutorial.settings"}
        arguments = [str(number) for number in (packs.COUNT, packs.TOTAL, packs.USED)]
        prepare = [str(python), "-m", "tutorial.prepare", *arguments]
        subprocess.run(prepare, cwd=PEERS, env=environment, check=True)
        port = free_port()
        command = web_server(
            str(port), "tutorial.wsgi:application", interface="wsgi", python=str(python)
        )
        running_site = running.enter_context(serving(command, port, environment, PEERS))
        signed_in = sign_in(port, "desk", "studio-demo")

        def reinstate_request(
            number: int, signed_in: SignedIn = signed_in, path: str = path
        ) -> bytes:
            return signed_in.form_request(f"/packs/{number + 1}/{path}/")

        def reinstated_sessions(database: Database = database) -> int:
            [(sessions,)] = database.execute(
                "SELECT sum(%s - sessions_used)::bigint FROM tutorial_pack", packs.USED
            )
            return int(sessions)

        peers.append(Peer(name, port, running_site.process, reinstate_request, reinstated_sessions))
    return peers


def json_peers(running: ExitStack, desk: Database, python: Path, actor_id: int) -> list[Peer]:
    """Start FastAPI and Flask with the desk's statement, without sign-in and CSRF token."""
    environment = os.environ | {"REINSTATE_SQL": statement(), "DATABASE_URL": desk.web_url}

    body = json.dumps({"request_id": str(REQUEST), "actor_id": actor_id})
    sample = request("POST", TARGET, {"Content-Type": "application/json"}, body)

    def peer(name: str, port: int, command: list[str]) -> Peer:
        started = running.enter_context(serving(command, port, environment, PEERS))
        return Peer(name, port, started.process, requests_like(sample))

    port, other = free_port(), free_port()
    uvicorn = f"-m uvicorn --port {port} --workers 2 --log-level warning --no-access-log"
    return [
        peer("FastAPI", port, [str(python), *uvicorn.split(), "fastapi_peer:app"]),
        peer(
            "Flask",
            other,
            web_server(str(other), "flask_peer:app", interface="wsgi", python=str(python)),
        ),
    ]
