"""Measure reinstatements: the desk, PostgreSQL alone, and peers with other implementations."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import packs, pgbench, service
from benchmarks.load import load
from benchmarks.peer_sites import Peer, json_peers, studio, tutorials
from benchmarks.postgres import Database, Postgres
from benchmarks.results import INTEGRITY, Results

SUBJECT = "Reinstatement"
# (name, connections, True if all requests are for one pack).
LOADS = [
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
    """Measure in the database `desk`, which has an org. `person` is a username and its password."""
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
            warm = load(peer.port, _requests(peer, False), connections=4, seconds=seconds / 2)
            acknowledged[peer.counts_in] += warm.done
        # Without statistics, cached plans would scan the tables that were empty before.
        desk.execute("VACUUM (ANALYZE) session_requests, session_events")
        for repetition in range(1, repetitions + 1):
            # Rotate the order, because the peer after pgbench runs while PostgreSQL writes its
            # pages.
            first = repetition % len(peers)
            for peer in peers[first:] + peers[:first]:
                progress(f"reinstatement, {repetition} of {repetitions}: {peer.name}")
                for way, connections, hot in LOADS:
                    next_request = _requests(peer, hot)
                    result = load(peer.port, next_request, connections=connections, seconds=seconds)
                    if result.done != len(result.latencies):
                        raise ValueError(f"{peer.name} answered {dict(result.statuses)}")
                    acknowledged[peer.counts_in] += result.done
                    name = f"{peer.name}, {way}"
                    result.add_to(results, SUBJECT, name)
                    cores = f"{name}, cores of the load generator"
                    results.add(SUBJECT, cores, result.client_cores)
            progress(f"reinstatement, {repetition} of {repetitions}: pgbench")
            for way, clients, hot in pgbench.RUNS:
                pgbench_result = pgbench.run(
                    desk, actor_id, clients=clients, hot=hot, seconds=seconds
                )
                acknowledged["ledger"] += pgbench_result.transactions
                results.add(SUBJECT, f"pgbench, {way}, per second", pgbench_result.per_second)
                results.add(SUBJECT, f"pgbench, {way}, mean ms", pgbench_result.milliseconds)
        service.measure_memory(results, peers[0].process)
        progress("reinstatement: does every count agree with what was acknowledged?")
        for peer in peers:
            if peer.reinstated_sessions:
                name = f"sessions that {peer.name} lost or doubled"
                lost = acknowledged[peer.name] - peer.reinstated_sessions()
                results.add(INTEGRITY, name, lost)
    results.add(
        INTEGRITY,
        "sessions lost or doubled by release_session, whoever called it",
        acknowledged["ledger"] - packs.reinstated_sessions(desk),
    )
    results.add(
        INTEGRITY,
        "events of the ledger too many or too few",
        packs.reinstated_events(desk) - acknowledged["ledger"],
    )


def _requests(peer: Peer, hot: bool) -> Callable[[], bytes]:
    # All peers have the same seed, so that each gets the same packs in the same order.
    rng = random.Random(1)
    return lambda: peer.reinstate_request(0 if hot else rng.randrange(1, packs.COUNT))
