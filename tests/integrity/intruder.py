"""A database role that may call the two functions and has no other privilege."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, transaction

from tests.database import make_role, rows

BOTH_FUNCTIONS = "EXECUTE ON FUNCTION public.release_session(uuid), public.use_session(uuid)"


def make_intruder() -> str:
    """Create a role that may call both functions and create temporary objects, with a schema."""
    role = make_role(BOTH_FUNCTIONS)
    rows(f"CREATE SCHEMA {role} AUTHORIZATION {role}")
    return role


@contextmanager
def refused(why: str) -> Iterator[None]:
    """Assert that the block raises a database error that contains `why`."""
    message = None
    try:
        with transaction.atomic():
            yield
    except Error as error:
        message = str(error)
    assert message is not None, f"not refused: {why}"
    assert why in message, f"refused for another reason: {message}"
