"""The desk's page and its search, at several sizes, against the list of Django's admin."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.figures import Figures
from benchmarks.http import Connection, SignedIn, sign_in
from benchmarks.load import percentile
from benchmarks.postgres import Database
from benchmarks.searches import searches
from benchmarks.sites import site

SUBJECT = "The desk's page"
ADMIN = "Django admin's way"
SEARCHES = "Search"
TIMED = "benchmarks.timed:application"
STATES = ["all", "active", "expiring", "used_up", "expired", "unpaid"]
ADMIN_SEARCHES = 2  # each repetition: they read every row


@dataclass(frozen=True)
class Timed:
    """What a page took, in milliseconds: as the browser waits, in the server, and for its SQL."""

    waited: float
    server: float
    sql: float


@dataclass(frozen=True)
class Desk:
    """The site at one size, with somebody at it."""

    size: int
    connection: Connection
    person: SignedIn
    admin: Connection
    superuser: SignedIn
    middles: dict[str, str | None]
    words: list[str]

    def get(self, **query: str) -> Timed:
        return _get(self.connection, self.person, f"/purchases/?{urlencode(query)}")

    def get_admin(self, **query: str) -> Timed:
        target = f"/plain/purchases/purchase/?{urlencode(query)}"
        return _get(self.admin, self.superuser, target)


def measure(
    figures: Figures,
    databases: dict[int, Database],
    *,
    person: Callable[[int], tuple[str, str]],
    repetitions: int,
    looks: int,
    searched: int,
    progress: Callable[[str], None],
) -> None:
    """`databases` by the number of purchases; each page is looked at so often in each repetition,
    and so many searches are made."""
    with ExitStack() as running:
        desks = [
            _desk(running, size, database, person(size), searched)
            for size, database in databases.items()
        ]
        for desk in desks:
            for state in STATES:
                desk.get(state=state)
            desk.get_admin()
        for repetition in range(1, repetitions + 1):
            progress(f"pages, {repetition} of {repetitions}")
            for state in STATES:
                for place in ("first page", "half way"):
                    for desk in desks:
                        _look(figures, desk, state, place, looks)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: searches of {desk.size:,}")
                _search(figures, desk)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: the admin of {desk.size:,}")
                _look_at_admin(figures, desk, repetition)


def _desk(
    running: ExitStack, size: int, database: Database, person: tuple[str, str], searched: int
) -> Desk:
    ours = running.enter_context(site(database, TIMED))
    # The owner of the studio made a superuser, so that the admin lets them in; here alone.
    database.ask("UPDATE studio_user SET is_staff = true, is_superuser = true")
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.plain_admin.settings"}
    admin = running.enter_context(site(database, TIMED, **settings))
    return Desk(
        size=size,
        connection=Connection(ours.port),
        person=sign_in(ours.port, *person),
        admin=Connection(admin.port),
        superuser=sign_in(admin.port, *person),
        middles=database.run("middles"),
        words=searches(database, searched),
    )


def _look(figures: Figures, desk: Desk, state: str, place: str, looks: int) -> None:
    middle = desk.middles[state]
    if place == "half way" and middle is None:
        return
    after = {"after": middle} if middle and place == "half way" else {}
    found = [desk.get(state=state, **after) for _ in range(looks)]
    name = f"{state}, {place}, {desk.size:,}"
    figures.add(SUBJECT, f"{name}: server ms", percentile([each.server for each in found], 0.5))
    figures.add(SUBJECT, f"{name}: SQL ms", percentile([each.sql for each in found], 0.5))


def _search(figures: Figures, desk: Desk) -> None:
    found = [desk.get(q=words) for words in desk.words]
    for share in (0.5, 0.99):
        name = f"{desk.size:,}, {len(found)} searches, p{share * 100:.0f}"
        server, sql = [each.server for each in found], [each.sql for each in found]
        figures.add(SEARCHES, f"{name}: server ms", percentile(server, share))
        figures.add(SEARCHES, f"{name}: SQL ms", percentile(sql, share))
    slowest = max(zip(found, desk.words, strict=True), key=lambda pair: pair[0].server)
    figures.notes.append(
        f"Slowest search of {desk.size:,}: “{slowest[1]}”, {slowest[0].server:.0f} ms in the "
        f"server, {slowest[0].sql:.0f} ms of it SQL."
    )


def _look_at_admin(figures: Figures, desk: Desk, repetition: int) -> None:
    figures.add(ADMIN, f"first page, {desk.size:,}: server ms", desk.get_admin().server)
    half = desk.get_admin(p=str(desk.size // 100))
    figures.add(ADMIN, f"half way, {desk.size:,}: server ms", half.server)
    for n in range(ADMIN_SEARCHES):
        words = desk.words[(ADMIN_SEARCHES * repetition + n) % len(desk.words)]
        figures.add(ADMIN, f"search, {desk.size:,}: server ms", desk.get_admin(q=words).server)


def _get(connection: Connection, person: SignedIn, target: str) -> Timed:
    sent = person.page(target)
    began = time.perf_counter()
    answer = connection.ask(sent)
    waited = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise ValueError(f"{target} answered {answer.status}")
    found = re.match(r"app;dur=([\d.]+), sql;dur=([\d.]+)", answer.headers["server-timing"])
    assert found
    return Timed(waited, float(found[1]), float(found[2]))
