"""Start the measured servers, each on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import psutil

from benchmarks.http import HOST, fetch
from benchmarks.postgres import ROOT, Database
from studio.supervisor import web_server

PATIENCE = 30


@dataclass(frozen=True)
class Site:
    port: int
    process: psutil.Process
    started_in: float  # seconds, until it answered


def site(
    database: Database, application: str = "studio.rsgi:application", **environment: str
) -> AbstractContextManager[Site]:
    """Run the site as `make run` does: granian, 2 workers with 1 thread each, as studio_app."""
    port = free_port()
    variables = database.environment | {"DATABASE_URL": database.web_url} | environment
    return serving(web_server(str(port), application), port, variables)


@contextmanager
def serving(
    command: list[str], port: int, environment: dict[str, str], folder: Path = ROOT
) -> Iterator[Site]:
    began = time.monotonic()
    server = subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if server.poll() is not None:
                sys.exit(f"{' '.join(command)} ended with status {server.returncode}")
            if time.monotonic() - began > PATIENCE:
                sys.exit(f"{' '.join(command)} does not answer")
            time.sleep(0.01)
        yield Site(port, psutil.Process(server.pid), time.monotonic() - began)
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    """Return True if the server responds. Its port is open before the workers have loaded."""
    with suppress(OSError, HTTPException):
        return bool(fetch(port, "GET", "/healthz", timeout=5).status)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def process_tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of the process and its descendants."""
    times = [member.cpu_times() for member in process_tree(process)]
    return float(sum(cpu.user + cpu.system for cpu in times))


def megabytes(process: psutil.Process) -> tuple[float, float]:
    """Return the resident memory of the process and its descendants, as RSS and PSS.

    RSS counts a shared page in each process, PSS counts it once.
    """
    memory = [member.memory_full_info() for member in process_tree(process)]
    return sum(info.rss for info in memory) / 2**20, sum(info.pss for info in memory) / 2**20
