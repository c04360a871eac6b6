"""The site as it would be if an act did not claim its request first."""

from studio.wsgi import application

# Django is set up by now.
from purchases import operations  # isort: skip

__all__ = ["application"]

operations.CLAIM = "WITH claimed AS (SELECT 1)"
