"""The text form of Prometheus, version 0.0.4."""

from collections.abc import Iterator, Mapping

from studio.metrics import counters
from studio.metrics.counters import KINDS, LIMITS, OUTCOMES, STARTS

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Each metric with its type and its description. The test of the alerts reads it too.
METRICS = {
    "studio_processes": ("gauge", "Web processes that run."),
    "studio_requests_total": ("counter", "Requests by kind (action, poll, page) and outcome."),
    "studio_request_seconds": ("histogram", "Seconds until the answer, by kind."),
    "studio_database_waits_total": ("counter", "Waits for an answer of PostgreSQL."),
    "studio_database_seconds_total": ("counter", "Seconds of these waits."),
    "studio_doctor_level": ("gauge", "0 ok, 1 warning, 2 error: by look of manage.py doctor."),
    "studio_doctor_timestamp_seconds": ("gauge", "When manage.py doctor has looked."),
    "studio_last_seal_timestamp_seconds": ("gauge", "When a day of the ledgers was last sealed."),
    "studio_last_backup_timestamp_seconds": ("gauge", "When the last backup was finished."),
}

Labels = Mapping[str, str]


def head(name: str) -> str:
    kind, description = METRICS[name]
    return f"# HELP {name} {description}\n# TYPE {name} {kind}\n"


def line(name: str, value: float, labels: Labels | None = None) -> str:
    written = ",".join(f'{label}="{text}"' for label, text in (labels or {}).items())
    return f"{name}{{{written}}} {value:.10g}\n" if written else f"{name} {value:.10g}\n"


def of_processes() -> str:
    """Return the figures that the web processes have counted."""
    return "".join(_lines(counters.totals()))


def _lines(totals: list[float]) -> Iterator[str]:
    yield head("studio_processes") + line("studio_processes", counters.processes())
    yield head("studio_requests_total")
    for kind in KINDS:
        for number, outcome in enumerate(OUTCOMES):
            labels = {"kind": kind, "outcome": outcome}
            yield line("studio_requests_total", totals[STARTS[kind] + number], labels)
    yield head("studio_request_seconds")
    for kind in KINDS:
        yield from _histogram(kind, totals[STARTS[kind] + len(OUTCOMES) :])
    for name, number in (
        ("studio_database_waits_total", counters.DATABASE_WAITS),
        ("studio_database_seconds_total", counters.DATABASE_SECONDS),
    ):
        yield head(name) + line(name, totals[number])


def _histogram(kind: str, values: list[float]) -> Iterator[str]:
    """Yield the lines of one kind. In the text form, a bucket includes the smaller ones."""
    count = 0.0
    for limit, value in zip(LIMITS, values, strict=False):
        count += value
        written = "+Inf" if limit == LIMITS[-1] else f"{limit:g}"
        yield line("studio_request_seconds_bucket", count, {"kind": kind, "le": written})
    yield line("studio_request_seconds_sum", values[len(LIMITS)], {"kind": kind})
    yield line("studio_request_seconds_count", count, {"kind": kind})
