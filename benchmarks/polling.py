"""Measure 500 open desks with live updates while one desk reinstates sessions.

Each desk polls for changes every 1.5 seconds, and fetches the changed rows that it shows. The worst
case is one org, because every desk shows the changed pack.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

import psutil

from benchmarks.http import Browser, SignedIn, request
from benchmarks.load import Load
from benchmarks.postgres import Postgres
from benchmarks.results import INTEGRITY, Results
from benchmarks.sites import cpu_seconds, site

SUBJECT = "500 open desks"
DESKS = 500
STUDIOS = 100
POLL_INTERVAL = 1.5
REINSTATE_INTERVAL = 0.2
CSRF = "a" * 32


@dataclass
class Studio:
    token: str
    session: str
    packs: list[str]


Answers = dict[str, Load]  # by the kind of request


async def desk(port: int, studio: Studio, answers: Answers, until: float) -> None:
    """Poll for changes as studio/static/studio/live.js does."""
    snapshot = ""
    await asyncio.sleep(random.uniform(0, POLL_INTERVAL))
    with closing(Browser(port)) as browser:
        while time.monotonic() < until:
            headers = {
                "Cookie": f"sessionid={studio.session}",
                "Live-Token": studio.token,
                "If-None-Match": snapshot,
            }
            answer = await browser.send(request("GET", "/purchases/changes/", headers))
            answers["changes"].count(answer.status, answer.milliseconds)
            if answer.status == 200:
                snapshot = answer.headers["etag"]
                changed = json.loads(answer.body)["changed"] or []
                if shown := [pack for pack in studio.packs if pack in changed]:
                    target = f"/purchases/rows/?ids={','.join(shown)}"
                    headers = {"Cookie": f"sessionid={studio.session}", "HX-Request": "true"}
                    answer = await browser.send(request("GET", target, headers))
                    answers["rows"].count(answer.status, answer.milliseconds)
            await asyncio.sleep(POLL_INTERVAL)


async def reinstate_repeatedly(port: int, studio: Studio, answers: Answers, until: float) -> None:
    person = SignedIn(port, f"sessionid={studio.session}; csrftoken={CSRF}", CSRF)
    target = f"/purchases/{studio.packs[0]}/reinstate/"
    with closing(Browser(port)) as browser:
        while time.monotonic() < until:
            request_bytes = person.form_request(target, request_id=str(uuid4()), next="/purchases/")
            answer = await browser.send(request_bytes)
            answers["reinstate"].count(answer.status, answer.milliseconds)
            await asyncio.sleep(REINSTATE_INTERVAL)


async def open_desks(port: int, studios: list[Studio], desks: int, seconds: float) -> Answers:
    answers: Answers = defaultdict(lambda: Load(seconds))
    until = time.monotonic() + seconds
    tasks = [reinstate_repeatedly(port, studios[0], answers, until)]
    tasks += [desk(port, studios[n % len(studios)], answers, until) for n in range(desks)]
    await asyncio.gather(*tasks)
    return answers


def measure(
    results: Results, postgres: Postgres, *, seconds: float, progress: Callable[[str], None]
) -> None:
    database = postgres.migrated("polling")
    studios = [Studio(**fields) for fields in database.run("studios", str(STUDIOS))]
    with site(database) as running:
        progress("open desks: one alone")
        asyncio.run(open_desks(running.port, studios, 0, 2))  # warm up
        idle = asyncio.run(open_desks(running.port, studios, 0, max(4, seconds / 3)))
        progress(f"open desks: {DESKS} of {STUDIOS} studios")
        parts = {"server": running.process}
        if pid := postgres.process_id():
            parts["PostgreSQL"] = psutil.Process(pid)
        before = {name: cpu_seconds(part) for name, part in parts.items()}
        busy = asyncio.run(open_desks(running.port, studios, DESKS, seconds))
        for name, part in parts.items():
            cores = (cpu_seconds(part) - before[name]) / seconds
            results.add(SUBJECT, f"{name}, cores", cores)
    for kind, load in sorted(busy.items()):
        load.add_to(results, SUBJECT, kind)
    ratio = busy["reinstate"].median / idle["reinstate"].median
    results.add(SUBJECT, "reinstate, p50 ÷ that of one desk alone", ratio)
    statuses = {
        (kind, status): n for kind, load in busy.items() for status, n in load.statuses.items()
    }
    answered = ", ".join(f"{kind} {status} × {n}" for (kind, status), n in sorted(statuses.items()))
    results.notes.append(f"{DESKS} open desks of {STUDIOS} studios were answered: {answered}.")
    failed = sum(n for (_, status), n in statuses.items() if status >= 500)
    results.add(INTEGRITY, "open desks answered with an error of the server", failed)
    database.manage("check_ledger")
    postgres.drop(database)
