"""Django's session store on our session table, which also loads the people it names."""

from typing import Any, cast

from django.contrib import auth
from django.contrib.sessions.backends import db

from studio.accounts.session import Session, valid_session

# The key of the session that names the membership of who acts there, first of a list.
ACTING = "acting"

BACKEND = "studio.accounts.authentication.Backend"
# Sessions made before version 0.1.0 name this path. Delete it in 0.2.0.
OLD_BACKEND = "studio.sessions.Backend"


class SessionStore(db.SessionStore):
    _row: Session | None = None

    @property
    def row(self) -> Session | None:
        """As it was found, with the people whom it names. None for a new session."""
        self.keys()  # loads it
        return self._row

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        key = self.session_key
        # PostgreSQL has no NUL, and a cookie may say anything.
        self._row = valid_session(key) if key and "\0" not in key else None
        if self._row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(self._row.session_data)
        if data.get(auth.BACKEND_SESSION_KEY) == OLD_BACKEND:
            data[auth.BACKEND_SESSION_KEY] = BACKEND
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        return row
