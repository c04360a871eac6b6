"""The desk's page and its search, at several sizes, against the list of Django's admin."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.http import SignedIn, sign_in
from benchmarks.postgres import Database
from benchmarks.results import Results, p99
from benchmarks.searches import searches
from benchmarks.sites import site

SUBJECT = "The desk's page"
ADMIN = "Django admin's way"
SEARCHES = "Search"
TIMED = "benchmarks.server_timing:application"
STATES = ["all", "active", "expiring", "used_up", "expired", "unpaid"]
ADMIN_SEARCHES = 2  # each repetition: they read every row


@dataclass(frozen=True)
class Timed:
    """What a page took, in milliseconds: in the server, and for its SQL."""

    server: float
    sql: float


@dataclass(frozen=True)
class Desk:
    """The site at one size, with somebody at it."""

    size: int
    person: SignedIn
    superuser: SignedIn
    midpoints: dict[str, str | None]
    words: list[str]

    def get(self, **query: str) -> Timed:
        return _get(self.person, f"/purchases/?{urlencode(query)}")

    def get_admin(self, **query: str) -> Timed:
        return _get(self.superuser, f"/plain/purchases/purchase/?{urlencode(query)}")


def measure(
    results: Results,
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
                        _look(results, desk, state, place, looks)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: searches of {desk.size:,}")
                _search(results, desk)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: the admin of {desk.size:,}")
                _look_at_admin(results, desk, repetition)


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
        person=sign_in(ours.port, *person),
        superuser=sign_in(admin.port, *person),
        midpoints=database.run("midpoints"),
        words=searches(database, searched),
    )


def _look(results: Results, desk: Desk, state: str, place: str, looks: int) -> None:
    middle = desk.midpoints[state]
    if place == "half way" and middle is None:
        return
    after = {"after": middle} if middle and place == "half way" else {}
    found = [desk.get(state=state, **after) for _ in range(looks)]
    name = f"{state}, {place}, {desk.size:,}"
    _add(results, SUBJECT, name, statistics.median, found)


def _search(results: Results, desk: Desk) -> None:
    found = [desk.get(q=words) for words in desk.words]
    name = f"{desk.size:,}, {len(found)} searches"
    _add(results, SEARCHES, f"{name}, p50", statistics.median, found)
    _add(results, SEARCHES, f"{name}, p99", p99, found)
    slowest = max(zip(found, desk.words, strict=True), key=lambda pair: pair[0].server)
    results.notes.append(
        f"Slowest search of {desk.size:,}: “{slowest[1]}”, {slowest[0].server:.0f} ms in the "
        f"server, {slowest[0].sql:.0f} ms of it SQL."
    )


def _look_at_admin(results: Results, desk: Desk, repetition: int) -> None:
    results.add(ADMIN, f"first page, {desk.size:,}: server ms", desk.get_admin().server)
    half = desk.get_admin(p=str(desk.size // 100))
    results.add(ADMIN, f"half way, {desk.size:,}: server ms", half.server)
    for n in range(ADMIN_SEARCHES):
        words = desk.words[(ADMIN_SEARCHES * repetition + n) % len(desk.words)]
        results.add(ADMIN, f"search, {desk.size:,}: server ms", desk.get_admin(q=words).server)


def _add(
    results: Results,
    subject: str,
    name: str,
    middle: Callable[[list[float]], float],
    found: list[Timed],
) -> None:
    results.add(subject, f"{name}: server ms", middle([each.server for each in found]))
    results.add(subject, f"{name}: SQL ms", middle([each.sql for each in found]))


def _get(person: SignedIn, target: str) -> Timed:
    answer = person.get(target)
    if answer.status != 200:
        raise ValueError(f"{target} answered {answer.status}")
    found = re.match(r"app;dur=([\d.]+), sql;dur=([\d.]+)", answer.headers["Server-Timing"])
    assert found
    return Timed(float(found[1]), float(found[2]))
