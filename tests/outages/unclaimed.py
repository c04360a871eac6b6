"""The site as it would be if an act did not claim its request first."""

from studio.wsgi import application

# Django is set up by now.
from purchases.operations import sessions  # isort: skip

__all__ = ["application"]

vars(sessions)["CLAIM"] = "WITH claimed AS (SELECT 1)"
