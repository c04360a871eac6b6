"""The saved passwords of a Chromium profile, in which a test stores one."""

import sqlite3
from pathlib import Path
from typing import Any

# tests.factories.PASSWORD, encrypted as Chromium does if the system stores no key: AES-128-CBC
# with a key derived from "peanuts", and 16 spaces as the initialization vector.
ENCRYPTED_PASSWORD = b"v10" + bytes.fromhex(
    "626c8c1d394b5cf0f01f73247a47b25c9ba9aaff200bec5dfca4f93e63b288cb"
)
DEFAULTS: dict[str, Any] = {"VARCHAR": "", "LONGVARCHAR": "", "BLOB": b""}


def save_password(profile: Path, origin: str, username: str) -> None:
    """Store the password of the tests in a profile that Chromium has created and closed."""
    login = {
        "origin_url": f"{origin}/",
        "signon_realm": f"{origin}/",
        "username_value": username,
        "password_value": ENCRYPTED_PASSWORD,
    }
    database = sqlite3.connect(profile / "Default" / "Login Data")
    columns = database.execute("SELECT name, type FROM pragma_table_info('logins')").fetchall()
    row = {name: login.get(name, DEFAULTS.get(type_, 0)) for name, type_ in columns if name != "id"}
    marks = ", ".join(f":{name}" for name in row)
    database.execute(f"INSERT INTO logins ({', '.join(row)}) VALUES ({marks})", row)
    database.commit()
    database.close()
