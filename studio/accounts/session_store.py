"""Django's session store on our session table, which also loads the members of the session."""

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import auth
from django.contrib.sessions.backends import db
from django.db import transaction

from studio.accounts.session import Session, ValidSession, valid_session

# The key of the session data with the acting member: a list of the membership id and a stamp.
ACTING = "acting"

BACKEND = "studio.accounts.authentication.Backend"
# Sessions made before version 0.1.0 name this path. Delete it in 0.2.0.
OLD_BACKEND = "studio.sessions.Backend"


class SessionStore(db.SessionStore):
    _valid_session: ValidSession | None = None
    # The data as this request has loaded them.
    _loaded: Mapping[str, Any] = {}

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
        self._loaded = dict(data)
        return data

    def save(self, must_create: bool = False) -> None:
        """Save the keys that this request has changed, and keep what other requests have saved.

        Django would write the whole session as it was loaded. A message could then undo the lock
        of the desk, if somebody locks it during the request that adds the message.
        """
        with transaction.atomic():
            if self.session_key and not must_create:
                self._keep_changes_of_others()
            super().save(must_create)

    def _keep_changes_of_others(self) -> None:
        row = Session.objects.select_for_update().filter(session_key=self.session_key).first()
        if row is None:
            return
        mine: dict[str, Any] = dict(self.items())
        keys = mine.keys() | self._loaded.keys()
        changed = {key for key in keys if mine.get(key) != self._loaded.get(key)}
        stored = self.decode(row.session_data)
        merged = {key: value for key, value in stored.items() if key not in changed}
        self._session_cache = merged | {key: mine[key] for key in changed & mine.keys()}

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        return row
