"""The module that Django's admin autodiscovery imports; see `studio.accounts.admin`."""

from studio.accounts import admin  # noqa: F401  registers itself
