"""Measure 2,000 open desks on 2 workers, half of them on connections that stay open.

    python -m benchmarks.many_desks

The desks open their pages within a minute, as in a morning. For another minute each one polls for
changes and uses a session once. Then the site restarts, and 500 desks load their pages at once. A
desk without an answer is the fault that this program looks for, as from a worker that keeps too few
connections.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from benchmarks.http import Browser, SignedIn, request
from benchmarks.load import Load
from benchmarks.polling import CSRF, STUDIOS, Answers, Studio
from benchmarks.postgres import ROOT, Postgres
from benchmarks.sites import site
from studio.open_files import raise_limit

DESKS = int(os.environ.get("DESKS") or 2000)
DESKS_AFTER_RESTART = DESKS // 4
OPENING = int(os.environ.get("OPENING") or 60)
SECONDS = int(os.environ.get("SECONDS") or 60)
# A desk that somebody looks at polls more often, and a hidden tab less.
POLL_INTERVAL = 10
PRESS_INTERVAL = 60
PATIENCE = 30


class Desks:
    """The answers to all desks, and the failures of those that were not served to the end."""

    def __init__(self, port: int, studios: list[Studio], opening: float) -> None:
        self.port = port
        self.studios = studios
        self.all_open = time.monotonic() + opening
        self.answers: Answers = defaultdict(lambda: Load(SECONDS))
        self.served = 0
        self.failures: Counter[str] = Counter()

    async def open(self, number: int, opens_in: float, until: float) -> None:
        """Open the page of a desk, and act as that desk until the end."""
        await asyncio.sleep(opens_in)
        with closing(Browser(self.port)) as browser:
            kind = "page"
            try:
                await self.send(browser, kind, self.page(number))
                async for kind, sent in self.requests(number, until):
                    if number % 2:
                        browser.close()
                    await self.send(browser, kind, sent)
            except (OSError, EOFError, TimeoutError) as error:
                self.failures[f"{kind}: {type(error).__name__}"] += 1
                return
        self.served += 1

    async def send(self, browser: Browser, kind: str, sent: bytes) -> None:
        phase = "while desks open" if time.monotonic() < self.all_open else "afterwards"
        answer = await asyncio.wait_for(browser.send(sent), PATIENCE)
        self.answers[f"{kind}, {phase}"].count(answer.status, answer.milliseconds)

    async def requests(self, number: int, until: float) -> AsyncIterator[tuple[str, bytes]]:
        """Yield the polls and the press of a desk, each at its time."""
        studio = self.studio(number)
        person = SignedIn(self.port, self.cookie(number), CSRF)
        headers = {"Cookie": person.cookie, "Live-Token": studio.token}
        press_at = until - random.uniform(0, PRESS_INTERVAL)
        await asyncio.sleep(random.uniform(0, POLL_INTERVAL))
        while (now := time.monotonic()) < until:
            if now > press_at:
                press_at += PRESS_INTERVAL
                target = f"/purchases/{random.choice(studio.packs)}/use/"
                fields = {"request_id": str(uuid4()), "next": "/purchases/"}
                yield "press", person.form_request(target, **fields)
            else:
                yield "poll", request("GET", "/purchases/changes/", headers)
            await asyncio.sleep(random.uniform(0, 2 * POLL_INTERVAL))

    def page(self, number: int) -> bytes:
        return request("GET", "/purchases/", {"Cookie": self.cookie(number)})

    def cookie(self, number: int) -> str:
        return f"sessionid={self.studio(number).session}; csrftoken={CSRF}"

    def studio(self, number: int) -> Studio:
        return self.studios[number % len(self.studios)]

    def report(self, desks: int) -> bool:
        """Print the answers. Return whether each desk was served, and none with an error."""
        for kind, load in sorted(self.answers.items()):
            slowest = sorted(load.latencies)
            p95 = slowest[int(len(slowest) * 0.95)]
            print(f"{kind}: {dict(load.statuses)}, p50 {load.median:.0f} ms, p95 {p95:.0f} ms")
        print(f"{self.served} of {desks} desks were served to the end {dict(self.failures) or ''}")
        statuses = [status for load in self.answers.values() for status in load.statuses]
        return self.served == desks and all(status < 500 for status in statuses)


async def open_in_a_minute(desks: Desks) -> bool:
    until = time.monotonic() + OPENING + SECONDS
    tasks = [desks.open(n, random.uniform(0, OPENING), until) for n in range(DESKS)]
    await asyncio.gather(*tasks)
    return desks.report(DESKS)


async def open_at_once(desks: Desks) -> bool:
    await asyncio.gather(*(desks.open(n, 0, until=0) for n in range(DESKS_AFTER_RESTART)))
    return desks.report(DESKS_AFTER_RESTART)


def main() -> None:
    folder = Path(os.environ.get("STUDIO_DATA_DIR") or ROOT / "var") / "benchmark"
    postgres = Postgres(folder.resolve())
    database = postgres.migrated("desks")
    studios = [Studio(**fields) for fields in database.run("studios", str(STUDIOS))]
    database.manage("collectstatic", "--no-input", "--verbosity", "0")
    raise_limit()
    with site(database) as running:
        held = asyncio.run(open_in_a_minute(Desks(running.port, studios, OPENING)))
    print("After a restart:")
    with site(database) as running:
        held = asyncio.run(open_at_once(Desks(running.port, studios, 0))) and held
    postgres.drop(database)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
