"""The settings of the site.

Every value that differs between machines comes from the environment, or from a `.env` file beside
manage.py, and is checked here. `.env.example` lists all of them.
"""

import os
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from dotenv import load_dotenv
from environ import Env
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "")
    if value not in ("", "True", "False"):
        raise ImproperlyConfigured(f"{name} is {value!r}: write {name}=True or {name}=False.")
    return default if value == "" else value == "True"


def env_number(name: str, *, default: int) -> int:
    value = os.environ.get(name, "")
    if not (value == "" or (value.isascii() and value.isdecimal())):
        raise ImproperlyConfigured(f"{name} is {value!r}: write a number, as in {name}=1.")
    return default if value == "" else int(value)


def env_list(name: str, *, default: list[str]) -> list[str]:
    value = os.environ.get(name, "")
    return [item.strip() for item in value.split(",") if item.strip()] or default


def env_hours(name: str, *, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if not (value.isascii() and value.isdecimal()) or int(value) == 0:
        raise ImproperlyConfigured(f"{name} is {value!r}: write whole hours, as in {name}=12.")
    return int(value)


# The data folder: the embedded database, the secret key, and the collected static files.
DATA_DIR = Path(os.environ.get("STUDIO_DATA_DIR") or BASE_DIR / "var").resolve()

# --- Django basics --------------------------------------------------------------------------------

DEBUG = env_bool("DEBUG", default=False)

# `make run` generates this key once. A deployment sets SECRET_KEY instead.
SECRET_KEY_FILE = DATA_DIR / "secret-key"


def secret_key() -> str:
    if key := os.environ.get("SECRET_KEY", "").strip():
        return key
    if SECRET_KEY_FILE.exists():
        return SECRET_KEY_FILE.read_text().strip()
    if DEBUG:
        return "only-for-debugging-on-this-machine-never-for-a-site-that-others-reach"
    raise ImproperlyConfigured(
        "SECRET_KEY is not set and DEBUG is off. Write SECRET_KEY=<50 random characters>; "
        "this prints some: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )


SECRET_KEY = secret_key()
# Older keys, with which sessions, links and PINs from before a change of the key still work.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
for host in ALLOWED_HOSTS:
    if "/" in host:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS has {host!r}: write host names only, as in "
            "ALLOWED_HOSTS=desk.example.com,desk.example.org"
        )

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "studio.User"
AUTHENTICATION_BACKENDS = ["studio.accounts.authentication.Backend"]
# Signed cookies expire by the clock of the database.
SIGNING_BACKEND = "purchases.clock.Signer"
SESSION_ENGINE = "studio.accounts.session_store"
# A session ends this long after the sign-in. Nothing renews it.
SESSION_COOKIE_AGE = 60 * 60 * env_hours("SESSION_HOURS", default=12)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

INSTALLED_APPS = [
    "studio",
    "purchases",
    "studio.admin_site.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "studio.logs.keep_request",
    # The next three also set headers of redirects to HTTPS and of static files.
    "studio.security_headers.security_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.middleware.no_store",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # It compresses a desk of 50 rows from 130 kB to 15 kB. Django adds random padding and masks the
    # CSRF token of each page, which prevents the BREACH attack.
    "studio.middleware.GZipPages",
    "studio.middleware.language_and_time_zone",
    "studio.middleware.whole_request",
    "studio.accounts.session_cookie.SessionCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.accounts.authentication.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "studio.middleware.SignInRequired",
    "studio.middleware.MembershipRequired",
    "studio.middleware.page_for_405",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    # The rows of the desk, and the fragments that answer an action.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "rows"],
        "OPTIONS": {"environment": "purchases.rows.environment"},
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "studio.accounts.passwords.MaximumLength"},
    {"NAME": "studio.accounts.passwords.LeakedPasswords"},
    {"NAME": "studio.accounts.passwords.StudioWords"},
]

# --- The database ---------------------------------------------------------------------------------

# Without these parameters of libpq, a connection waits for minutes if the network goes silent. The
# parameters of the URL have precedence.
SILENT_NETWORK: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 4000,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
}


def database(url: str, *, variable: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL, read by libpq's own parser."""
    write_it = f"write it as {variable}=postgresql://user:password@host:5432/name"
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"{variable} cannot be read ({str(error).strip()}): {write_it}"
        ) from None
    if not parts.get("dbname"):
        raise ImproperlyConfigured(f"{variable} names no database: {write_it}")
    if not all(port.isdecimal() for port in str(parts.get("port", 5432)).split(",")):
        raise ImproperlyConfigured(f"{variable} has a port that is no number: {write_it}")
    django_names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
    }
    login = {name: str(parts.pop(part, "")) for name, part in django_names.items()}
    return {
        "ENGINE": "studio.database.postgresql",
        **login,
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": SILENT_NETWORK | parts,
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "")
# The URL that `setup_roles` prepares and `database_url --web` prints. The web process gets it as
# its DATABASE_URL.
WEB_DATABASE_URL = os.environ.get("WEB_DATABASE_URL", "")
if WEB_DATABASE_URL:
    database(WEB_DATABASE_URL, variable="WEB_DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": database(DATABASE_URL)}
else:
    DATABASES = {"default": {"ENGINE": "studio.database.embedded", "NAME": "studio", "OPTIONS": {}}}

# Other database roles that may call release_session and use_session. If it is empty, service_role
# may, if that role exists.
# `authenticated` needs a check function of its program with it, as in authenticated=app.works_at.
FUNCTION_ROLES = []
CALLER_CHECK = ""
for item in env_list("FUNCTION_ROLES", default=[]):
    role, separator, check = (part.strip() for part in item.partition("="))
    FUNCTION_ROLES.append(role)
    if role == "authenticated" and re.fullmatch(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*", check):
        CALLER_CHECK = check
    elif separator:
        raise ImproperlyConfigured(
            f"FUNCTION_ROLES has {item!r}: only authenticated has a check function, whose name has "
            "a schema, as in FUNCTION_ROLES=authenticated=app.works_at"
        )
    elif role.lower() in {"public", "anon", "authenticated"}:
        raise ImproperlyConfigured(
            f"FUNCTION_ROLES has {role!r}: through it any client's phone could refill its own "
            "pack. Name roles that only your own servers sign in as, as in "
            "FUNCTION_ROLES=service_role"
        )

# Server-side binding sends parameters separately. A statement is prepared after five executions.
# Connections stay open.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
DATABASES["default"] |= {
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"TEMPLATE": "template0", "CHARSET": "UTF8"},
}

# --- E-mail ---------------------------------------------------------------------------------------


def email(url: str, sender: str) -> dict[str, Any]:
    """Django's settings for the URL of a mail server and the address of the sender."""
    write_it = "write it as EMAIL_URL=smtp+tls://user:password@mail.example.com:587"
    try:
        values = dict(Env.email_url_config(url))
    except (ImproperlyConfigured, ValueError):
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {write_it}") from None
    is_encrypted = values.get("EMAIL_USE_TLS") or values.get("EMAIL_USE_SSL")
    is_sent = values["EMAIL_BACKEND"].endswith(".smtp.EmailBackend")
    if is_sent and not values["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL names no host: {write_it}")
    if is_sent and not is_encrypted and values["EMAIL_HOST"] not in LOOPBACK:
        raise ImproperlyConfigured(f"EMAIL_URL would send links without encryption: {write_it}")
    if "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS has '*': with EMAIL_URL, name the hosts, because a link leads to the "
            "host of the request."
        )
    address = parseaddr(sender)[1]
    try:
        validate_email(address)
    except ValidationError:
        raise ImproperlyConfigured(
            f"EMAIL_FROM is {sender!r}: write the sender, as in EMAIL_FROM=desk@example.com"
        ) from None
    return values | {"DEFAULT_FROM_EMAIL": sender, "EMAIL_TIMEOUT": 10}


LOOPBACK = {"localhost", "127.0.0.1", "::1"}
EMAIL_URL = os.environ.get("EMAIL_URL", "")
# Without e-mail, an owner sees the links and hands them over.
SENDS_EMAIL = bool(EMAIL_URL)
EMAIL_FROM = os.environ.get("EMAIL_FROM", "")
if SENDS_EMAIL:
    globals().update(email(EMAIL_URL, EMAIL_FROM))
# The time in which an invitation, or a link for a new password, works.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60

# --- Languages, time, static files ----------------------------------------------------------------

# Without a choice of the org, the browser's language applies.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "studio" / "locale"]
USE_I18N = True
TIME_ZONE = os.environ.get("TIME_ZONE") or "UTC"
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError):
    raise ImproperlyConfigured(
        f"TIME_ZONE is {TIME_ZONE!r}: write the name of a place, as in TIME_ZONE=Australia/Sydney."
    ) from None
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
# Only pages of this site load its files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "staticfiles": {"BACKEND": "studio.static_files.HashedStaticFiles"},
}

# --- Logging --------------------------------------------------------------------------------------

# "text" for people, or "json" for a program that collects logs.
LOG_FORMAT = os.environ.get("LOG_FORMAT") or "text"
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}: write text or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"()": "studio.logs.OneLine"}, "json": {"()": "studio.logs.JsonLine"}},
    "handlers": {"console": {"class": "studio.repeated_records.Console", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "studio": {"level": "INFO"},
    },
}

# --- Metrics --------------------------------------------------------------------------------------

# The page /metrics is open to a program that sends this token. Without one there is no such page.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
SHORTEST_TOKEN = 32
if METRICS_TOKEN and len(METRICS_TOKEN) < SHORTEST_TOKEN:
    raise ImproperlyConfigured(
        f"METRICS_TOKEN has {len(METRICS_TOKEN)} characters: write at least {SHORTEST_TOKEN}; this "
        "prints some: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    )
# The file of `manage.py doctor --write`, which the page includes.
DOCTOR_FILE = os.environ.get("DOCTOR_FILE", "")

# --- Security -------------------------------------------------------------------------------------

# Always True on a network. `make run` turns it off, because it listens on loopback only.
HTTPS = env_bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
# Other sites below the host name must not lose plain HTTP unasked, so the checks that recommend
# both are silenced. Browsers preload a name only with its subdomains.
SECURE_HSTS_PRELOAD = HTTPS and env_bool("HSTS_PRELOAD", default=False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD or (
    HTTPS and env_bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Trust the header only if a proxy sets it on every request, because clients can forge it.
if env_bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies append the address of their client to X-Forwarded-For. See
# studio/accounts/client_address.py.
TRUSTED_PROXIES = env_number("TRUSTED_PROXIES", default=0)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
DESK_COOKIE_NAME = "__Host-desk" if HTTPS else "desk"
BROWSER_COOKIE_NAME = "__Host-browser" if HTTPS else "browser"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "studio.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Messages name clients, so they are stored in the session and not in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
