"""The results of the looks as figures for Prometheus, in a file that the page /metrics includes."""

from collections.abc import Mapping
from pathlib import Path

from django.db import Error
from django.db.models import Max

from purchases import clock
from purchases.models import Seal
from studio.database import backup
from studio.doctor.result import Result
from studio.metrics.text import head, line


def write(file: Path, results: Mapping[str, Result]) -> None:
    """Replace the file, so that no reader finds a part of it."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.write_text(text(results))
    unfinished.chmod(0o644)
    unfinished.replace(file)


def text(results: Mapping[str, Result]) -> str:
    name = "studio_doctor_level"
    levels = [line(name, result.level, {"look": look}) for look, result in results.items()]
    return "".join([head(name), *levels, *_time_of_look(), *_last_seal(), *_last_backup()])


def _time_of_look() -> list[str]:
    name = "studio_doctor_timestamp_seconds"
    return [head(name), line(name, clock.machine_now().timestamp())]


def _last_seal() -> list[str]:
    name = "studio_last_seal_timestamp_seconds"
    try:
        sealed_at = Seal.objects.aggregate(last=Max("sealed_at"))["last"]
    except Error:
        return []
    return [head(name), line(name, sealed_at.timestamp())] if sealed_at else []


def _last_backup() -> list[str]:
    name = "studio_last_backup_timestamp_seconds"
    try:
        last = backup.last_backup()
    except Error:
        return []
    return [head(name), line(name, last.finished_at.timestamp())] if last else []
