"""The form in which the database stores the key of a browser's session.

The cookie has the key. A reader of the database or of a backup gets the SHA-256 of each key, which
signs no one in. A key has 165 random bits, so its hash needs neither a salt nor many rounds.
"""

from hashlib import sha256


def stored_key(session_key: str) -> str:
    """Return the stored form of the key in a cookie. A cookie may contain any text."""
    return sha256(session_key.encode(errors="replace")).hexdigest()
