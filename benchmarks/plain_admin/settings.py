"""The desk's own, but for the URLs, and with the time that the list needs: it would be cut off."""

from studio.settings import *  # noqa: F403
from studio.settings import DATABASES

ROOT_URLCONF = "benchmarks.plain_admin.urls"
DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=60s"
