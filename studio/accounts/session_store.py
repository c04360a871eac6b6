"""Django's session store on our session table, which also loads the members of the session.

A session ends SESSION_COOKIE_AGE after its sign-in. Nothing renews it: saving it again keeps the
end, and so does a new key.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.utils import timezone

from studio.accounts.browsers import browser_name
from studio.accounts.session import Session, ValidSession, valid_session

# The key of the session data with the acting member: a list of the membership id and a stamp.
ACTING = "acting"
# The key with the time of the sign-in, in seconds since 1970.
SIGNED_IN_AT = "signed_in_at"
# The key with the short name of the browser that signed in.
BROWSER = "browser"

# The time of the last use is stored at most once in this time.
STORE_USE_EVERY = timedelta(minutes=1)

BACKEND = "studio.accounts.authentication.Backend"
# Sessions made before version 0.1.0 name this path. Delete it in 0.2.0.
OLD_BACKEND = "studio.sessions.Backend"


class SessionStore(db.SessionStore):
    _valid_session: ValidSession | None = None
    # The data as this request has loaded them.
    _loaded: Mapping[str, Any] = {}
    # The header of the request, from which a sign-in stores the name of the browser.
    user_agent = ""
    # Whether this request ended the session.
    was_flushed = False

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
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if auth.SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, int(timezone.now().timestamp()))
            data.setdefault(BROWSER, browser_name(self.user_agent))
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

    def cycle_key(self) -> None:
        """Move the session to a new key, unless another request has ended it in the meantime.

        Django would store the loaded data again, and so undo the end of the session. Each sign-in
        and change of the person gets a new key. A link to choose a password that the person before
        opened, and did not use, is not open for the next one.
        """
        with transaction.atomic():
            stored = Session.objects.select_for_update().filter(pk=self.session_key)
            if auth.SESSION_KEY in self and self.session_key and not stored.exists():
                raise SessionInterrupted("the session ended before it got a new key")
            self.pop(INTERNAL_RESET_SESSION_TOKEN, None)
            super().cycle_key()

    def flush(self) -> None:
        super().flush()
        self.was_flushed = True

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return self.signed_in_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        return int((self.get_expiry_date() - timezone.now()).total_seconds())

    @property
    def signed_in_at(self) -> datetime:
        """Return the time of the sign-in, or the current time before it."""
        seconds = self.get(SIGNED_IN_AT)
        return timezone.now() if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        row.signed_in_at = self.signed_in_at
        row.last_used_at = timezone.now()
        row.browser = data.get(BROWSER, "")
        return row

    def record_use(self) -> None:
        """Store that a person uses the session, at most once a minute."""
        loaded = self.valid_session
        if loaded and loaded.session.is_unused_for(STORE_USE_EVERY):
            used = Session.objects.filter(pk=loaded.session.pk)
            used.update(last_used_at=timezone.now())
