"""How often slow tests repeat what they do. `THOROUGH=yes make test` lets them do it more often."""

import os

THOROUGH = os.environ.get("THOROUGH") == "yes"


def times(few: int, *, thorough: int) -> int:
    """Return a number of repetitions for every run, or one for a thorough run."""
    return thorough if THOROUGH else few
