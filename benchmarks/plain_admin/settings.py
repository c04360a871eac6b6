"""The desk's own, but for the URLs."""

from studio.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_admin.urls"
