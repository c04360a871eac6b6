"""The system check of the length of a session."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MAX_HOURS = 24


@register(Tags.security)
def check_session_length(**options: Any) -> list[CheckMessage]:
    hours = settings.SESSION_COOKIE_AGE / 3600
    if hours <= MAX_HOURS:
        return []
    return [
        Error(
            f"A session lasts {hours:g} hours. The maximum is {MAX_HOURS} hours.",
            hint="Write SESSION_HOURS=12, or another number up to 24.",
            id="studio.E010",
        )
    ]
