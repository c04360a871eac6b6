"""Where Django looks for the admin of the site. It is defined in `studio.accounts.admin`."""

from studio.accounts import admin  # noqa: F401  registers itself
