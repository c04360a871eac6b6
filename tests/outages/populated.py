"""Packs and a member in another database than that of the tests."""

import json
from typing import Any

from django.conf import settings

from tests.processes import run_python


def populated(url: str) -> dict[str, Any]:
    """Return the ids of new packs, and the session cookies of a member who may change them."""
    result = run_python(
        "-m",
        "tests.outages.populate",
        DATABASE_URL=url,
        SECRET_KEY=settings.SECRET_KEY,
        HTTPS="False",
        DJANGO_SETTINGS_MODULE="studio.settings",
    )
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout))
