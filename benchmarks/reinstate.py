"""The reinstatement: the desk, against PostgreSQL alone and against others' ways to write it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import packs, pgbench, service
from benchmarks.load import load
from benchmarks.peers import Peer, json_peers, studio, tutorials
from benchmarks.postgres import Database, Postgres
from benchmarks.results import INTEGRITY, Results

SUBJECT = "Reinstatement"
# How it is asked for: the name of it, connections, whether all press the same pack.
WAYS = [
    ("1 connection", 1, False),
    ("16 connections", 16, False),
    ("16 connections, one pack", 16, True),
]


def measure(
    results: Results,
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
        peers = [
            studio(running, desk, person),
            *tutorials(running, postgres, peers_python),
            *json_peers(running, desk, peers_python, actor_id),
        ]
        for peer in peers:
            warm = load(peer.port, _presses(peer, False), connections=4, seconds=seconds / 2)
            acknowledged[peer.counts_in] += warm.done
        # Until it is known to have rows, a table is read whole by whoever has planned to.
        desk.ask("VACUUM (ANALYZE) session_requests, session_events")
        for repetition in range(1, repetitions + 1):
            # Each comes first once: what pgbench leaves to write is not always the same one's to
            # bear.
            first = repetition % len(peers)
            for peer in peers[first:] + peers[:first]:
                progress(f"reinstatement, {repetition} of {repetitions}: {peer.name}")
                for way, connections, hot in WAYS:
                    presses = _presses(peer, hot)
                    found = load(peer.port, presses, connections=connections, seconds=seconds)
                    if found.done != len(found.latencies):
                        raise ValueError(f"{peer.name} answered {dict(found.statuses)}")
                    acknowledged[peer.counts_in] += found.done
                    name = f"{peer.name}, {way}"
                    found.add_to(results, SUBJECT, name)
                    cores = f"{name}, cores of the load generator"
                    results.add(SUBJECT, cores, found.client_cores)
            progress(f"reinstatement, {repetition} of {repetitions}: pgbench")
            for way, clients, hot in pgbench.WAYS:
                ran = pgbench.run(desk, actor_id, clients=clients, hot=hot, seconds=seconds)
                acknowledged["ledger"] += ran.transactions
                results.add(SUBJECT, f"pgbench, {way}, per second", ran.per_second)
                results.add(SUBJECT, f"pgbench, {way}, mean ms", ran.milliseconds)
        service.measure_memory(results, peers[0].process)
        progress("reinstatement: does every count agree with what was acknowledged?")
        for peer in peers:
            if peer.given_back:
                name = f"sessions that {peer.name} lost or doubled"
                lost = acknowledged[peer.name] - peer.given_back()
                results.add(INTEGRITY, name, lost)
    results.add(
        INTEGRITY,
        "sessions lost or doubled by release_session, whoever called it",
        acknowledged["ledger"] - packs.given_back(desk),
    )
    results.add(
        INTEGRITY,
        "events of the ledger too many or too few",
        packs.reinstated_events(desk) - acknowledged["ledger"],
    )


def _presses(peer: Peer, hot: bool) -> Callable[[], bytes]:
    # The same seed for all, so that each gets the same packs in the same order.
    rng = random.Random(1)
    return lambda: peer.press(0 if hot else rng.randrange(1, packs.COUNT))
