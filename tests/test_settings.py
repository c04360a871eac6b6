"""The settings read the environment; an invalid value stops the start with a correction."""

import re
from pathlib import Path

import pytest

from studio.settings import database
from tests.processes import NO_DATABASE, ROOT, UNSET, manage

KEY = "a-secret-key-for-this-test-alone-0123456789-abcdefghij"
WRITE_A_URL = "write it as DATABASE_URL=postgresql://user:password@host:5432/name"
WRITE_EMAIL = "write it as EMAIL_URL=smtp+tls://user:password@mail.example.com:587"
EMAIL_URL = "smtp+tls://user:p%40ss@mail.example.com:587"
FROM = "Studio <desk@example.com>"
EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (
            {"SECRET_KEY": ""},
            "SECRET_KEY is not set and DEBUG is off. Write SECRET_KEY=<50 random characters>; "
            "this prints some: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
        ),
        ({"DEBUG": "yes"}, "DEBUG is 'yes': write DEBUG=True or DEBUG=False."),
        ({"DEBUG": "true"}, "DEBUG is 'true': write DEBUG=True or DEBUG=False."),
        ({"HTTPS": "on"}, "HTTPS is 'on': write HTTPS=True or HTTPS=False."),
        (
            {"HSTS_PRELOAD": "yes"},
            "HSTS_PRELOAD is 'yes': write HSTS_PRELOAD=True or HSTS_PRELOAD=False.",
        ),
        (
            {"BEHIND_PROXY": "1"},
            "BEHIND_PROXY is '1': write BEHIND_PROXY=True or BEHIND_PROXY=False.",
        ),
        ({"DATABASE_URL": "garbage"}, WRITE_A_URL),
        ({"DATABASE_URL": "mysql://user:password@host/name"}, WRITE_A_URL),
        (
            {"DATABASE_URL": "postgresql://user@host"},
            f"DATABASE_URL names no database: {WRITE_A_URL}",
        ),
        (
            {"WEB_DATABASE_URL": "postgresql://studio_app@host"},
            "WEB_DATABASE_URL names no database: write it as "
            "WEB_DATABASE_URL=postgresql://user:password@host:5432/name",
        ),
        (
            {"FUNCTION_ROLES": "service_role, anon"},
            "FUNCTION_ROLES has 'anon': through it any client's phone could refill its own pack. "
            "Name roles that only your own servers sign in as, as in FUNCTION_ROLES=service_role",
        ),
        ({"FUNCTION_ROLES": "PUBLIC"}, "as in FUNCTION_ROLES=service_role"),
        ({"FUNCTION_ROLES": "authenticated"}, "as in FUNCTION_ROLES=service_role"),
        ({"FUNCTION_ROLES": "anon=app.works_at"}, "FUNCTION_ROLES=authenticated=app.works_at"),
        ({"FUNCTION_ROLES": "authenticated=works_at"}, "FUNCTION_ROLES=authenticated=app.works_at"),
        ({"FUNCTION_ROLES": "authenticated=f()"}, "FUNCTION_ROLES=authenticated=app.works_at"),
        (
            {"ALLOWED_HOSTS": "desk.example.com,https://desk.example.org"},
            "ALLOWED_HOSTS has 'https://desk.example.org': write host names only, as in "
            "ALLOWED_HOSTS=desk.example.com,desk.example.org",
        ),
        (
            {"TIME_ZONE": "Mars/Base"},
            "TIME_ZONE is 'Mars/Base': write the name of a place, as in "
            "TIME_ZONE=Australia/Sydney.",
        ),
        (
            {"SESSION_HOURS": "0"},
            "SESSION_HOURS is '0': write whole hours, as in SESSION_HOURS=12.",
        ),
        ({"SESSION_HOURS": "1.5"}, "write whole hours, as in SESSION_HOURS=12."),
        ({"TIME_ZONE": "Australia"}, "as in TIME_ZONE=Australia/Sydney."),
        ({"TIME_ZONE": "../../etc/passwd"}, "as in TIME_ZONE=Australia/Sydney."),
        ({"EMAIL_URL": "garbage", "EMAIL_FROM": FROM}, f"EMAIL_URL cannot be read: {WRITE_EMAIL}"),
        (
            {"EMAIL_URL": "smtp+tls://mail.example.com:x", "EMAIL_FROM": FROM},
            f"EMAIL_URL cannot be read: {WRITE_EMAIL}",
        ),
        (
            {"EMAIL_URL": "smtp+tls://", "EMAIL_FROM": FROM},
            f"EMAIL_URL names no host: {WRITE_EMAIL}",
        ),
        (
            {"EMAIL_URL": "smtp://user:secret@mail.example.com", "EMAIL_FROM": FROM},
            f"EMAIL_URL would send links without encryption: {WRITE_EMAIL}",
        ),
        (
            {"EMAIL_URL": EMAIL_URL},
            "EMAIL_FROM is '': write the sender, as in EMAIL_FROM=desk@example.com",
        ),
        (
            {"EMAIL_URL": EMAIL_URL, "EMAIL_FROM": FROM, "ALLOWED_HOSTS": "*"},
            "ALLOWED_HOSTS has '*': with EMAIL_URL, name the hosts, because a link leads to the "
            "host of the request.",
        ),
        ({"TRUSTED_PROXIES": "-1"}, "write a number, as in TRUSTED_PROXIES=1."),
        ({"TRUSTED_PROXIES": "10.0.0.1"}, "write a number, as in TRUSTED_PROXIES=1."),
    ],
)
def test_an_invalid_value_stops_the_start_with_a_message(
    tmp_path: Path, environment: dict[str, str], message: str
) -> None:
    check = manage("check", **{"SECRET_KEY": KEY, "STUDIO_DATA_DIR": str(tmp_path)} | environment)

    assert check.returncode != 0
    assert check.stderr.rstrip().splitlines()[-1].endswith(message)


@pytest.mark.parametrize(
    "environment",
    [
        {"SECRET_KEY": KEY},
        {"DEBUG": "True"},
        {
            "SECRET_KEY": KEY,
            "DEBUG": "False",
            "HTTPS": "True",
            "BEHIND_PROXY": "True",
            "DATABASE_URL": NO_DATABASE,
            "WEB_DATABASE_URL": NO_DATABASE,
            "FUNCTION_ROLES": "service_role, edge",
            "ALLOWED_HOSTS": " desk.example.com , desk.example.org,",
            "TIME_ZONE": "Australia/Lord_Howe",
            "SESSION_HOURS": "24",
            "TRUSTED_PROXIES": "2",
            "EMAIL_URL": EMAIL_URL,
            "EMAIL_FROM": FROM,
            "SECRET_KEY_FALLBACKS": f"{KEY}-older, {KEY}-oldest",
        },
        {"SECRET_KEY": KEY, "EMAIL_URL": "smtp://localhost:25", "EMAIL_FROM": FROM},
        {"SECRET_KEY": KEY, "DATABASE_URL": "postgresql:///studio?host=%2Frun%2Fpostgresql"},
        {"SECRET_KEY": KEY, "DATABASE_URL": "host=db.example.com dbname=studio user=studio"},
    ],
)
def test_a_valid_value_is_accepted(tmp_path: Path, environment: dict[str, str]) -> None:
    check = manage("check", **{"STUDIO_DATA_DIR": str(tmp_path)} | environment)

    assert (check.returncode, check.stderr) == (0, "")


def test_the_secret_key_in_the_data_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text(KEY)

    assert manage("check", STUDIO_DATA_DIR=str(tmp_path)).returncode == 0


def test_the_example_has_every_variable_that_the_code_reads() -> None:
    settings = (ROOT / "studio" / "settings.py").read_text()
    files = [*(ROOT / "studio").rglob("*.py"), *(ROOT / "purchases").rglob("*.py")]
    code = "\n".join(path.read_text() for path in files)
    read = set(
        re.findall(r'(?:environ\.get|getenv|env_(?:bool|list|number|hours))\(\s*"(\w+)"', code)
    )

    assert set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE)) == read
    assert set(UNSET) == read, "the tests must unset every variable"
    assert settings.count("os.environ") == settings.count("os.environ.get("), "no other access"


def test_the_example_with_a_key_is_valid(tmp_path: Path) -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))

    check = manage("check", **example | {"SECRET_KEY": KEY, "STUDIO_DATA_DIR": str(tmp_path)})

    assert (check.returncode, check.stderr) == (0, "")


def test_a_silent_network_ends_a_connection_and_the_url_has_precedence() -> None:
    defaults = database("postgresql://studio@db.example.com/studio")["OPTIONS"]
    assert (defaults["connect_timeout"], defaults["tcp_user_timeout"]) == (3, 4000)
    assert [defaults[f"keepalives_{name}"] for name in ("idle", "interval", "count")] == [2, 1, 2]
    chosen = database("postgresql://studio@db.example.com/studio?connect_timeout=9")["OPTIONS"]
    assert (chosen["connect_timeout"], chosen["tcp_user_timeout"]) == ("9", 4000)
