"""Fixtures for database roles. Roles belong to the whole cluster, so the tests never commit theirs
and rename existing roles of a developer's site or another program for the duration of a test."""

from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import Settings

from studio.database import grants
from tests.database import rows

PHONE_BACKEND = ["anon", "authenticated", "service_role"]


@pytest.fixture
def no_roles(db: None, settings: Settings) -> None:
    """Neither of our two roles exists, nor a role of the default settings."""
    # A role that is never committed cannot log in.
    settings.DATABASE_URL = ""
    rename_existing_roles()


def rename_existing_roles() -> None:
    """Rename our roles and those of phone apps, until the transaction rolls back."""
    existing_roles = rows(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'studio\\_%%' OR rolname = ANY (%s)",
        PHONE_BACKEND,
    )
    for (role,) in existing_roles:
        rows(f"ALTER ROLE {role} RENAME TO renamed_{uuid4().hex}")


@pytest.fixture
def studio_roles(no_roles: None) -> None:
    """The roles studio_app and studio_ledger exist with their grants."""
    assert grants.set_up(connection) is True


@pytest.fixture
def other_programs(no_roles: None) -> None:
    """The roles of a backend for phone apps. Default privileges grant them every new function and
    table."""
    for role in PHONE_BACKEND:
        rows(f"CREATE ROLE {role}")
    grantees = ", ".join(PHONE_BACKEND)
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        rows(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON {kind} TO {grantees}")
        rows(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {grantees}")
