"""Looks at the settings and at this machine. They need no database."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core import checks

from studio.database import tls
from studio.doctor.result import Result, error, of_checks, ok, warning

CHECK_SETTINGS = "python manage.py check --deploy"
MEGABYTE = 1024 * 1024
# PostgreSQL stops if its disk is full, and a restart needs some room too.
ERROR_BELOW = 500 * MEGABYTE
WARNING_BELOW = 5_000 * MEGABYTE


def settings_look() -> Result:
    """Run the system checks of a deployment, but for those of the database and of TLS."""
    messages = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if message.id != tls.ID and not message.is_silenced()
    ]
    return of_checks(messages, "The settings are those of a deployment.", CHECK_SETTINGS)


def static_files() -> Result:
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        return ok(f"The static files are in {settings.STATIC_ROOT}.")
    return error(
        f"No static files are in {settings.STATIC_ROOT}, so no page can be shown: "
        "python manage.py collectstatic --no-input"
    )


def disk() -> Result:
    """Look at the disks of the code, of the data folder, and of a PostgreSQL on this machine."""
    folders = [settings.BASE_DIR, settings.DATA_DIR, Path("/var/lib/postgresql"), Path("/var/log")]
    free = {folder: free_bytes(folder) for folder in folders if folder.exists()}
    folder = min(free, key=lambda folder: free[folder])
    text = f"{free[folder] // MEGABYTE:,} MB are free at {folder}"
    if free[folder] < ERROR_BELOW:
        return error(f"{text}, and PostgreSQL stops if its disk is full: df -h {folder}")
    if free[folder] < WARNING_BELOW:
        return warning(f"{text}: df -h {folder}")
    return ok(f"{text}.")


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
