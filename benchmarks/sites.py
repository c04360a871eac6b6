"""The servers that are measured, each on a port of its own."""

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

from benchmarks.http import HOST, ask
from benchmarks.postgres import ROOT, Database
from studio.serve import web_server

PATIENCE = 30


@dataclass(frozen=True)
class Site:
    port: int
    process: psutil.Process
    started_in: float  # seconds, until it answered


def site(
    database: Database, application: str = "studio.wsgi:application", **environment: str
) -> AbstractContextManager[Site]:
    """The site as `make run` serves it: granian, 2 workers of 1 thread, as studio_app."""
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
    """Whether HTTP comes back: a port is open before its workers have loaded the site."""
    with suppress(OSError, HTTPException):
        return bool(ask(port, "GET", "/healthz", timeout=5).status)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    """Of it and of all below it."""
    times = [each.cpu_times() for each in family(process)]
    return float(sum(each.user + each.system for each in times))


def megabytes(process: psutil.Process) -> tuple[float, float]:
    """What it and all below it hold, resident: page by page in each (RSS), and each shared page
    once, in parts (PSS)."""
    found = [each.memory_full_info() for each in family(process)]
    return sum(each.rss for each in found) / 2**20, sum(each.pss for each in found) / 2**20
