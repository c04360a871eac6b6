"""The module that Django's admin autodiscovery imports; see `studio.accounts.admin`."""

from studio.accounts import (  # noqa: F401  register themselves
    admin,
    policy_admin,
    security_event_admin,
)
