"""What 500 open desks cost: each asks every 1.5 seconds whether a count has changed, and fetches
the rows that it shows of those that did, while one of them goes on reinstating.

With one studio it is the worst case: every desk shows the pack that changes.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import psutil

from benchmarks.figures import Figures
from benchmarks.http import HOST, Answer, SignedIn, length_of, parse, request
from benchmarks.load import percentile
from benchmarks.postgres import Postgres
from benchmarks.sites import cpu_seconds, site

SUBJECT = "500 open desks"
DESKS = 500
STUDIOS = 100
EVERY = 1.5
BETWEEN_PRESSES = 0.2
CSRF = "a" * 32


@dataclass
class Studio:
    token: str
    session: str
    packs: list[str]


@dataclass
class Answers:
    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, status: int, seconds: float) -> None:
        self.statuses[f"{kind} {status}"] += 1
        self.milliseconds.setdefault(kind, []).append(seconds * 1000)

    def median(self, kind: str) -> float:
        return statistics.median(self.milliseconds[kind])


class Browser:
    """One connection, kept open, one request at a time, while hundreds of others wait."""

    def __init__(self, port: int, answers: Answers) -> None:
        self.port, self.answers = port, answers
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, kind: str, sent: bytes) -> Answer:
        began = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self.streams
        writer.write(sent)
        received = await reader.readuntil(b"\r\n\r\n")
        received += await reader.readexactly((length_of(received) or 0) - len(received))
        answer = parse(received)
        self.answers.add(kind, answer.status, time.perf_counter() - began)
        if answer.headers.get("connection") == "close":
            writer.close()
            self.streams = None
        return answer


async def desk(browser: Browser, studio: Studio, until: float) -> None:
    """What studio/static/studio/live.js does."""
    mark = ""
    await asyncio.sleep(random.uniform(0, EVERY))  # noqa: S311
    while time.monotonic() < until:
        headers = {"Live-Token": studio.token, "If-None-Match": mark}
        answer = await browser.ask("latest", request("GET", "/purchases/latest/", headers))
        if answer.status == 200:
            mark = answer.headers["etag"]
            changed = json.loads(answer.body)["changed"] or []
            if shown := [pack for pack in studio.packs if pack in changed]:
                target = f"/purchases/rows/?ids={','.join(shown)}"
                cookie = {"Cookie": f"sessionid={studio.session}", "HX-Request": "true"}
                await browser.ask("rows", request("GET", target, cookie))
        await asyncio.sleep(EVERY)


async def reinstating(browser: Browser, studio: Studio, until: float) -> None:
    person = SignedIn(f"sessionid={studio.session}; csrftoken={CSRF}", CSRF)
    while time.monotonic() < until:
        target = f"/purchases/{studio.packs[0]}/reinstate/"
        fields = {"request_id": str(uuid4()), "next": "/purchases/"}
        await browser.ask("reinstate", person.press(target, **fields))
        await asyncio.sleep(BETWEEN_PRESSES)


async def open_desks(port: int, studios: list[Studio], desks: int, seconds: float) -> Answers:
    answers = Answers()
    until = time.monotonic() + seconds
    people = [reinstating(Browser(port, answers), studios[0], until)]
    people += [desk(Browser(port, answers), studios[n % len(studios)], until) for n in range(desks)]
    await asyncio.gather(*people)
    return answers


def measure(
    figures: Figures,
    postgres: Postgres,
    *,
    desks: int = DESKS,
    studios: int = STUDIOS,
    seconds: float,
    progress: Callable[[str], None],
) -> None:
    database = postgres.migrated("polling")
    made = [Studio(**each) for each in database.run("studios", str(studios))]
    with site(database) as running:
        progress("open desks: one alone")
        asyncio.run(open_desks(running.port, made, 0, 2))  # warm
        idle = asyncio.run(open_desks(running.port, made, 0, max(4, seconds / 3)))
        progress(f"open desks: {desks} of {studios} studios")
        parts = {"server": running.process}
        if pid := postgres.process_id():
            parts["PostgreSQL"] = psutil.Process(pid)
        before = {name: cpu_seconds(part) for name, part in parts.items()}
        busy = asyncio.run(open_desks(running.port, made, desks, seconds))
        for name, part in parts.items():
            cores = (cpu_seconds(part) - before[name]) / seconds
            figures.add(SUBJECT, f"{name}, cores", cores)
    for kind, found in sorted(busy.milliseconds.items()):
        figures.add(SUBJECT, f"{kind}, per second", len(found) / seconds)
        figures.add(SUBJECT, f"{kind}, p50 ms", percentile(found, 0.5))
        figures.add(SUBJECT, f"{kind}, p99 ms", percentile(found, 0.99))
    ratio = busy.median("reinstate") / idle.median("reinstate")
    figures.add(SUBJECT, "reinstate, p50 ÷ that of one desk alone", ratio)
    answered = ", ".join(f"{kind} × {n}" for kind, n in sorted(busy.statuses.items()))
    figures.notes.append(f"{desks} open desks of {studios} studios were answered: {answered}.")
    failed = sum(n for status, n in busy.statuses.items() if status.split()[1] >= "500")
    figures.add("Integrity", "open desks answered with an error of the server", failed)
    database.manage("check_ledger")
    postgres.drop(database)
