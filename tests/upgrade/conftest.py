"""Upgrades run on the server of the other tests, and leave no role on it."""

from tests.attach.conftest import product_roles, server

__all__ = ["product_roles", "server"]
