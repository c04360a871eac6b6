"""Read the security log, and the lines that the site writes."""

import logging
from typing import NamedTuple

from django.http import HttpRequest

from studio import logs
from studio.models import SecurityEvent, User

Kind = SecurityEvent.Kind


class Event(NamedTuple):
    """An event, with the names of the account and of the actor."""

    kind: str
    account: str | None
    actor: str | None
    door: str
    detail: str = ""


def events() -> list[Event]:
    """Return all events, the oldest first."""
    names = {user.pk: user.shown_username for user in User.objects.all()}
    return [
        Event(
            event.kind,
            names.get(event.account_id or 0),
            names.get(event.actor_id or 0),
            event.door,
            event.detail,
        )
        for event in SecurityEvent.objects.order_by("pk")
    ]


class Lines(logging.Handler):
    """The lines of the site's loggers, each with its level and without its time."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.OneLine())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record).split(" ", 1)[1])

    def of(self, logger: str) -> list[str]:
        return [line for line in self.lines if line.split(" ")[1] == f"{logger}:"]


def in_request(request: HttpRequest, record: logging.LogRecord) -> list[str]:
    """Return the record in both formats, as a request writes it."""
    token = logs.current_request.set(request)
    try:
        return [logs.OneLine().format(record), logs.JsonLine().format(record)]
    finally:
        logs.current_request.reset(token)
