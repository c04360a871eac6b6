"""Looks at an installation, each with one line that says what is wrong and what to do.

`looks` lists them. `manage.py doctor` prints their results.
"""

from studio.doctor.looks import LOOKS, examine
from studio.doctor.result import Level, Result

__all__ = ["LOOKS", "Level", "Result", "examine"]
