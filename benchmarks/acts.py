"""The reinstatement: the desk, against PostgreSQL alone and against others' ways to write it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import packs, pgbench, service
from benchmarks.contenders import Contender, json_peers, studio, tutorials
from benchmarks.figures import INTEGRITY, Figures
from benchmarks.load import load
from benchmarks.postgres import Database, Postgres

SUBJECT = "Reinstatement"
# How it is asked for: the name of it, connections, whether all press the same pack.
WAYS = [
    ("1 connection", 1, False),
    ("16 connections", 16, False),
    ("16 connections, one pack", 16, True),
]


def measure(
    figures: Figures,
    postgres: Postgres,
    desk: Database,
    *,
    person: tuple[str, str],
    peers_python: Path,
    repetitions: int,
    seconds: float,
    progress: Callable[[str], None],
) -> None:
    """`desk` is a database to write into, with a studio; `person` is who signs in there, with the
    password."""
    packs.make(desk)
    actor_id = packs.user_id(desk, person[0])
    acknowledged: Counter[str] = Counter()
    with ExitStack() as running:
        contenders = [
            studio(running, desk, person),
            *tutorials(running, postgres, peers_python),
            *json_peers(running, desk, peers_python, actor_id),
        ]
        for contender in contenders:
            warm = load(
                contender.port, _presses(contender, False), connections=4, seconds=seconds / 2
            )
            acknowledged[contender.counts_in] += warm.done
        # Until it is known to have rows, a table is read whole by whoever has planned to.
        desk.ask("VACUUM (ANALYZE) session_requests, session_events")
        for repetition in range(1, repetitions + 1):
            # Each comes first once: what pgbench leaves to write is not always the same one's to
            # bear.
            first = repetition % len(contenders)
            for contender in contenders[first:] + contenders[:first]:
                progress(f"reinstatement, {repetition} of {repetitions}: {contender.name}")
                for way, connections, hot in WAYS:
                    presses = _presses(contender, hot)
                    found = load(contender.port, presses, connections=connections, seconds=seconds)
                    if found.done != len(found.latencies):
                        raise ValueError(f"{contender.name} answered {dict(found.statuses)}")
                    acknowledged[contender.counts_in] += found.done
                    name = f"{contender.name}, {way}"
                    found.add_to(figures, SUBJECT, name)
                    cores = f"{name}, cores of the load generator"
                    figures.add(SUBJECT, cores, found.client_cores)
            progress(f"reinstatement, {repetition} of {repetitions}: pgbench")
            for way, clients, hot in pgbench.WAYS:
                ran = pgbench.run(desk, actor_id, clients=clients, hot=hot, seconds=seconds)
                acknowledged["ledger"] += ran.transactions
                figures.add(SUBJECT, f"pgbench, {way}, per second", ran.per_second)
                figures.add(SUBJECT, f"pgbench, {way}, mean ms", ran.milliseconds)
        service.measure_memory(figures, contenders[0].process)
        progress("reinstatement: does every count agree with what was acknowledged?")
        for contender in contenders:
            if contender.given_back:
                name = f"sessions that {contender.name} lost or doubled"
                lost = acknowledged[contender.name] - contender.given_back()
                figures.add(INTEGRITY, name, lost)
    figures.add(
        INTEGRITY,
        "sessions lost or doubled by release_session, whoever called it",
        acknowledged["ledger"] - packs.given_back(desk),
    )
    figures.add(
        INTEGRITY,
        "events of the ledger too many or too few",
        packs.reinstated_events(desk) - acknowledged["ledger"],
    )


def _presses(contender: Contender, hot: bool) -> Callable[[], bytes]:
    # The same seed for all, so that each gets the same packs in the same order.
    rng = random.Random(1)
    return lambda: contender.press(0 if hot else rng.randrange(1, packs.COUNT))
