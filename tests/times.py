"""Let a test choose the time: that of the database and of this machine."""

from collections.abc import Callable
from datetime import datetime

import pytest


def set_clock(monkeypatch: pytest.MonkeyPatch, now: Callable[[], datetime]) -> None:
    """Let the site see this time. The clock of PostgreSQL itself goes on."""
    monkeypatch.setattr("django.utils.timezone.now", now)
    monkeypatch.setattr("purchases.clock.now", now)
    monkeypatch.setattr("purchases.clock.compare", lambda *_: None)
