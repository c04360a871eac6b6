"""Django's session store on our session table, which also loads the members of the session."""

from typing import Any, cast

from django.contrib import auth
from django.contrib.sessions.backends import db

from studio.accounts.session import Session, ValidSession, valid_session

# The key of the session data with the acting member: a list of the membership id and a stamp.
ACTING = "acting"

BACKEND = "studio.accounts.authentication.Backend"
# Sessions made before version 0.1.0 name this path. Delete it in 0.2.0.
OLD_BACKEND = "studio.sessions.Backend"


class SessionStore(db.SessionStore):
    _valid_session: ValidSession | None = None

    @property
    def valid_session(self) -> ValidSession | None:
        """Return the loaded session with its users and members, or None for a new session."""
        self.keys()  # loads the session
        return self._valid_session

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        key = self.session_key
        # PostgreSQL rejects NUL in a text, and a cookie may contain it.
        loaded = valid_session(key) if key and "\0" not in key else None
        self._valid_session = loaded
        if loaded is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(loaded.session.session_data)
        if data.get(auth.BACKEND_SESSION_KEY) == OLD_BACKEND:
            data[auth.BACKEND_SESSION_KEY] = BACKEND
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        return row
