"""Roles belong to the whole cluster. What these tests make of them is never committed, and those
that a developer's own site or another program has there are put aside meanwhile."""

from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings

from studio.database import grants
from tests.database import rows

PHONE_BACKEND = ["anon", "authenticated", "service_role"]


@pytest.fixture
def no_roles(db: None, settings: Settings) -> None:
    """Neither of our two roles exists, nor any that the default settings know."""
    # Nobody can sign in as a role that is never committed.
    settings.DATABASE_URL = ""
    there = rows(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'studio\\_%%' OR rolname = ANY (%s)",
        PHONE_BACKEND,
    )
    for (role,) in there:
        rows(f"ALTER ROLE {role} RENAME TO put_aside_{uuid4().hex}")


@pytest.fixture
def set_up(no_roles: None) -> None:
    """Our two roles are already set up."""
    assert grants.set_up(connection) is True


@pytest.fixture
def other_programs(no_roles: None) -> None:
    """The roles of a backend for phone apps, which has every function and table that is made
    granted to them."""
    for role in PHONE_BACKEND:
        rows(f"CREATE ROLE {role}")
    everybody = ", ".join(PHONE_BACKEND)
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        rows(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {kind} TO {everybody}")
        rows(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {everybody}")
