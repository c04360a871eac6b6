"""What 500 open desks cost: each asks every 1.5 seconds whether a count has changed, and fetches
the rows that it shows of those that did, while one of them goes on reinstating.

    python benchmarks/polling.py [--desks 500] [--studios 100] [--seconds 60]

Starts the site as `make run` does, in a folder of its own, and ends it again. `--studios 1` is the
worst case: every desk shows the pack that changes. The exit status is 1 where an answer was a 5xx,
or where the reinstatement's median more than doubled against the idle server of the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil

ROOT = Path(__file__).resolve().parent.parent
EVERY = 1.5
PACKS_ON_A_DESK = 50
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
    """One connection, kept open, one request at a time."""

    def __init__(self, port: int, answers: Answers) -> None:
        self.port, self.answers = port, answers
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, kind: str, target: str, headers: dict[str, str], form: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        method, body = ("GET", b"") if form is None else ("POST", form.encode())
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        began = time.perf_counter()
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        said = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        content = await reader.readexactly(int(said.get("content-length", 0)))
        self.answers.add(kind, status, time.perf_counter() - began)
        if said.get("connection") == "close":
            writer.close()
            self.streams = None
        return status, said, content


async def desk(browser: Browser, studio: Studio, until: float) -> None:
    """What studio/static/studio/live.js does."""
    mark = ""
    await asyncio.sleep(random.uniform(0, EVERY))  # noqa: S311
    while time.monotonic() < until:
        headers = {"Live-Token": studio.token, "If-None-Match": mark}
        status, said, content = await browser.ask("latest", "/purchases/latest/", headers)
        if status == 200:
            mark = said["etag"]
            changed = json.loads(content)["changed"] or []
            if shown := [pack for pack in studio.packs if pack in changed]:
                target = f"/purchases/rows/?ids={','.join(shown)}"
                cookie = {"Cookie": f"sessionid={studio.session}", "HX-Request": "true"}
                await browser.ask("rows", target, cookie)
        await asyncio.sleep(EVERY)


async def reinstating(browser: Browser, studio: Studio, until: float) -> None:
    headers = {
        "Cookie": f"sessionid={studio.session}; csrftoken={CSRF}",
        "HX-Request": "true",
    }
    while time.monotonic() < until:
        form = f"csrfmiddlewaretoken={CSRF}&request_id={uuid4()}&next=/purchases/"
        target = f"/purchases/{studio.packs[0]}/reinstate/"
        await browser.ask("reinstate", target, dict(headers), form)
        await asyncio.sleep(BETWEEN_PRESSES)


async def measure(port: int, studios: list[Studio], desks: int, seconds: float) -> Answers:
    answers = Answers()
    until = time.monotonic() + seconds
    people = [reinstating(Browser(port, answers), studios[0], until)]
    people += [desk(Browser(port, answers), studios[n % len(studios)], until) for n in range(desks)]
    await asyncio.gather(*people)
    return answers


def make_studios(count: int) -> list[Studio]:
    """Each with its own person, signed in, and a pack that can be given back for a long time."""
    from django.test import Client as HttpClient

    from purchases import news
    from purchases.models import Client, Offer, Org, Purchase
    from studio.models import Membership, User

    studios = []
    for n in range(count):
        org = Org.objects.create(name=f"Studio {n}", slug=f"benchmark-{n}")
        user = User.objects.create(username=f"benchmark-{n}")
        Membership.objects.create(user=user, org=org, role=Membership.Role.STAFF)
        offer = Offer.objects.create(
            org=org, name="Pack", offer_type="session_pack", price_cents=1000
        )
        client = Client.objects.create(org=org, full_name="Ana Ruiz", email="ana@example.com")
        packs = Purchase.objects.bulk_create(
            Purchase(
                id=uuid4(),
                org=org,
                client=client,
                offer=offer,
                amount_paid_cents=1000,
                sessions_total=1_000_000,
                sessions_used=900_000,
                payment_status="succeeded",
            )
            for _ in range(PACKS_ON_A_DESK)
        )
        browser = HttpClient()
        browser.force_login(user)
        session = browser.cookies["sessionid"].value
        studios.append(Studio(news.token(org.pk), session, [str(pack.pk) for pack in packs]))
    return studios


@contextmanager
def site() -> Iterator[tuple[int, psutil.Process]]:
    """The server on a free port, with a database that ends with it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder = Path(tempfile.mkdtemp(prefix="studio-polling-"))
    folder.chmod(0o755)  # PostgreSQL is another user where this one is root
    os.environ |= {
        "STUDIO_DATA_DIR": str(folder),
        "SECRET_KEY": "only-for-the-benchmark",
        "HTTPS": "False",
        "DATABASE_URL": "",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
    }
    command = [sys.executable, "-m", "studio.serve"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            while server.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def cpu_seconds(parts: list[psutil.Process]) -> float:
    """Of these processes and all below them."""
    times = [each.cpu_times() for part in parts for each in [part, *part.children(recursive=True)]]
    return float(sum(each.user + each.system for each in times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--desks", type=int, default=500)
    parser.add_argument("--studios", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with site() as (port, server):
        import django

        django.setup()
        studios = make_studios(asked.studios)
        data = Path(os.environ["STUDIO_DATA_DIR"])
        postmaster = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        asyncio.run(measure(port, studios, 0, 3))  # warm
        idle = asyncio.run(measure(port, studios, 0, asked.seconds / 3))
        parts = {"web": [server], "PostgreSQL": [psutil.Process(postmaster)]}
        before = {name: cpu_seconds(part) for name, part in parts.items()}
        busy = asyncio.run(measure(port, studios, asked.desks, asked.seconds))
        cores = {name: (cpu_seconds(parts[name]) - before[name]) / asked.seconds for name in parts}
    ratio = busy.median("reinstate") / idle.median("reinstate")
    print(f"{asked.desks} desks of {asked.studios} studios, {asked.seconds:.0f} s")
    for kind, found in sorted(busy.milliseconds.items()):
        p99 = sorted(found)[int(len(found) * 0.99)]
        rate = len(found) / asked.seconds
        print(f"  {kind:10} {rate:6.1f}/s  median {busy.median(kind):.1f} ms  p99 {p99:.1f} ms")
    print("  answers:", ", ".join(f"{k} × {n}" for k, n in sorted(busy.statuses.items())))
    print("  CPU, in cores:", ", ".join(f"{name} {used:.2f}" for name, used in cores.items()))
    print(f"  load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"  reinstate, median: idle {idle.median('reinstate'):.2f} ms, ratio {ratio:.2f}")
    failed = any(status.split()[1] >= "500" for status in busy.statuses)
    sys.exit(1 if failed or ratio > 2 else 0)


if __name__ == "__main__":
    main()
