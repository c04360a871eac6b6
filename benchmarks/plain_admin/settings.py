"""The desk's settings with other URLs and a longer statement timeout, which the list needs."""

from studio.settings import *  # noqa: F403
from studio.settings import DATABASES

ROOT_URLCONF = "benchmarks.plain_admin.urls"
DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=60s"
