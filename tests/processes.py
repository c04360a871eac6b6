"""Run commands in a subprocess with a clean environment."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir

ROOT = Path(__file__).resolve().parent.parent
# An empty variable counts as unset, and overrides the developer's .env file.
UNSET = dict.fromkeys(
    [
        "ALLOWED_HOSTS",
        "BEHIND_PROXY",
        "DATABASE_URL",
        "DEBUG",
        "DOCTOR_FILE",
        "EMAIL_FROM",
        "EMAIL_URL",
        "FUNCTION_ROLES",
        "HSTS_INCLUDE_SUBDOMAINS",
        "HSTS_PRELOAD",
        "HTTPS",
        "LOG_FORMAT",
        "METRICS_TOKEN",
        "PORT",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SESSION_HOURS",
        "STUDIO_DATA_DIR",
        "TIME_ZONE",
        "TRUSTED_PROXIES",
        "WEB_DATABASE_URL",
    ],
    "",
)
# A database URL that refuses every connection.
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | UNSET | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_python("manage.py", *arguments, **environment)


def let_postgres_enter(folder: Path) -> Path:
    """Let the user who runs PostgreSQL for root enter a temporary folder of a test."""
    if os.geteuid() == 0:
        temporary = {Path(name).resolve() for name in ("/tmp", gettempdir())}
        for one in (folder.resolve(), *folder.resolve().parents):
            if temporary.intersection(one.parents):
                one.chmod(one.stat().st_mode | 0o011)
    return folder
