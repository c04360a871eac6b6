"""Measure the desk's page and search at several sizes, and the list of Django's admin."""

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
MAKE_SUPERUSER = "UPDATE studio_user SET is_staff = %s, is_superuser = %s"
PLAIN_ADMIN = "benchmarks.server_timing:plain_admin"
STATES = ["all", "active", "expiring", "used_up", "expired", "unpaid"]
ADMIN_SEARCHES = 2  # in each repetition, because each reads every row


@dataclass(frozen=True)
class Timed:
    """The milliseconds of a page: all of the server's time, and the part of its SQL."""

    server: float
    sql: float


@dataclass(frozen=True)
class Desk:
    """The site with a database of one size, and two signed-in users."""

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
    loads: int,
    search_count: int,
    progress: Callable[[str], None],
) -> None:
    """Measure the databases, given by their number of purchases.

    Each repetition loads each page `loads` times and makes `search_count` searches.
    """
    with ExitStack() as running:
        desks = [
            _desk(running, size, database, person(size), search_count)
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
                        _load_page(results, desk, state, place, loads)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: searches of {desk.size:,}")
                _search(results, desk)
            for desk in desks:
                progress(f"pages, {repetition} of {repetitions}: the admin of {desk.size:,}")
                _load_admin(results, desk, repetition)


def _desk(
    running: ExitStack, size: int, database: Database, person: tuple[str, str], search_count: int
) -> Desk:
    ours = running.enter_context(site(database, TIMED))
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.plain_admin.settings"}
    admin = running.enter_context(site(database, PLAIN_ADMIN, **settings))
    at_desk, in_admin = sign_in(ours.port, *person), sign_in(admin.port, *person)
    # Make the owner a superuser for Django's plain admin, and for no longer: the next sign-in would
    # need a second factor.
    running.callback(database.execute, MAKE_SUPERUSER, False, False)
    database.execute(MAKE_SUPERUSER, True, True)
    return Desk(
        size=size,
        person=at_desk,
        superuser=in_admin,
        midpoints=database.run("midpoints"),
        words=searches(database, search_count),
    )


def _load_page(results: Results, desk: Desk, state: str, place: str, loads: int) -> None:
    middle = desk.midpoints[state]
    if place == "half way" and middle is None:
        return
    after = {"after": middle} if middle and place == "half way" else {}
    timings = [desk.get(state=state, **after) for _ in range(loads)]
    name = f"{state}, {place}, {desk.size:,}"
    _add(results, SUBJECT, name, statistics.median, timings)


def _search(results: Results, desk: Desk) -> None:
    timings = [desk.get(q=words) for words in desk.words]
    name = f"{desk.size:,}, {len(timings)} searches"
    _add(results, SEARCHES, f"{name}, p50", statistics.median, timings)
    _add(results, SEARCHES, f"{name}, p99", p99, timings)
    slowest = max(zip(timings, desk.words, strict=True), key=lambda pair: pair[0].server)
    results.notes.append(
        f"Slowest search of {desk.size:,}: “{slowest[1]}”, {slowest[0].server:.0f} ms in the "
        f"server, {slowest[0].sql:.0f} ms of it SQL."
    )


def _load_admin(results: Results, desk: Desk, repetition: int) -> None:
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
    summarize: Callable[[list[float]], float],
    timings: list[Timed],
) -> None:
    results.add(subject, f"{name}: server ms", summarize([timed.server for timed in timings]))
    results.add(subject, f"{name}: SQL ms", summarize([timed.sql for timed in timings]))


def _get(person: SignedIn, target: str) -> Timed:
    answer = person.get(target)
    if answer.status != 200:
        raise ValueError(f"{target} answered {answer.status}")
    match = re.match(r"app;dur=([\d.]+), sql;dur=([\d.]+)", answer.headers["Server-Timing"])
    assert match
    return Timed(float(match[1]), float(match[2]))
