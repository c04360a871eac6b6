"""The connection of the web process: its URL and password."""

import secrets
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.conninfo import conninfo_to_dict

from studio.database import embedded
from studio.database.grants.catalog import encrypted, rows
from studio.database.grants.matrix import APP

PASSWORD_FILE = "studio-app-password"  # noqa: S105  its name


def web_url() -> str:
    """Return WEB_DATABASE_URL, or the URL of the database in use with the role studio_app."""
    if settings.WEB_DATABASE_URL:
        return settings.WEB_DATABASE_URL
    if not settings.DATABASE_URL:
        return embedded.url(settings.DATA_DIR, user=APP)
    parts = conninfo_to_dict(settings.DATABASE_URL)
    parts |= {"user": APP, "password": web_password()}
    # Parameters after the question mark may hold several hosts and socket folders.
    query = {name: str(value) for name, value in parts.items() if value is not None}
    return f"postgresql:///?{urlencode(query, quote_via=quote)}"


def web_password() -> str | None:
    """Return the password of studio_app: from WEB_DATABASE_URL, or generated once and stored in
    the data folder. The embedded database needs no password."""
    if settings.WEB_DATABASE_URL:
        parts = conninfo_to_dict(settings.WEB_DATABASE_URL)
        password = parts.get("password") if parts.get("user") == APP else None
        return str(password) if password else None
    if not settings.DATABASE_URL:
        return None
    path = settings.DATA_DIR / PASSWORD_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()


def login_problem() -> str | None:
    """Return PostgreSQL's message if the web process cannot connect, else None."""
    try:
        psycopg.connect(web_url(), connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return None


def give_password(connection: BaseDatabaseWrapper) -> None:
    """Set the password of `web_url` for studio_app. Only its hash is sent to the server."""
    if password := web_password():
        rows(connection, f"ALTER ROLE {APP} PASSWORD '{encrypted(connection, password, role=APP)}'")
