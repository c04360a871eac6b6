"""The module that Django's admin autodiscovery imports; see `studio.accounts.admin`."""

from studio.accounts import admin, security_event_admin  # noqa: F401  register themselves
