"""The site without its idempotency key: actions do not claim their request id first."""

from studio.wsgi import application

# studio.wsgi has set up Django, so that models can be imported.
from purchases.operations import sessions  # isort: skip

__all__ = ["application"]

vars(sessions)["CLAIM"] = "WITH claimed AS (SELECT 1)"
