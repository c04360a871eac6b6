"""A role of the database that may call the functions and nothing else, signed in as itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, transaction

from tests.database import make_role, rows

BOTH_FUNCTIONS = "EXECUTE ON FUNCTION public.release_session(uuid), public.use_session(uuid)"


def make_intruder() -> str:
    """It may call both functions, make temporary objects, and has a schema of its own."""
    role = make_role(BOTH_FUNCTIONS)
    rows(f"CREATE SCHEMA {role} AUTHORIZATION {role}")
    return role


@contextmanager
def refused(why: str) -> Iterator[None]:
    """The database refuses what is inside, in these words or by that constraint."""
    words = None
    try:
        with transaction.atomic():
            yield
    except Error as error:
        words = str(error)
    assert words is not None, f"not refused: {why}"
    assert why in words, f"refused for another reason: {words}"
