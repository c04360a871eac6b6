"""Django's session store on our session table, which also loads the members of the session.

A session ends SESSION_COOKIE_AGE after its sign-in. Nothing renews it: saving it again keeps the
end, and so does a new key.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import transaction
from django.db.models.functions import Now

from purchases import clock
from purchases.database import fetch_values, read_statement
from purchases.session_keys import stored_key
from studio.accounts.browsers import browser_name
from studio.accounts.membership import Membership
from studio.accounts.session import Session, ValidSession, valid_session
from studio.accounts.user import User

# The key of the session data with the acting member: a list of the membership id and a stamp.
ACTING = "acting"
# The key with the id of the membership that the session has open, or with None.
MEMBERSHIP = "membership"
# The key that is set if the person has several studios. It saves each page a query.
HAS_SEVERAL = "has_several_studios"
# The key with the time of the sign-in, in seconds since 1970.
SIGNED_IN_AT = "signed_in_at"
# The key with the short name of the browser that signed in.
BROWSER = "browser"

# The key that is set while the desk is locked.
LOCKED = "locked"

RECORD_USE = read_statement(Path(__file__).parent / "sql" / "record_use.sql")
# The time of the last use is stored at most once in this time.
STORE_USE_EVERY = timedelta(minutes=1)

BACKEND = "studio.accounts.authentication.Backend"
# Sessions made before version 0.1.0 name this path. Delete it in 0.2.0.
OLD_BACKEND = "studio.sessions.Backend"


class SessionStore(db.SessionStore):
    """A session whose `session_key` is the key in the cookie. The database stores its hash."""

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
        loaded = valid_session(key) if key else None
        self._valid_session = loaded
        if loaded is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(loaded.session.session_data)
        if data.get(auth.BACKEND_SESSION_KEY) == OLD_BACKEND:
            data[auth.BACKEND_SESSION_KEY] = BACKEND
        if auth.SESSION_KEY in data:
            # A session from an older version names no membership. The migration filled the column.
            data.setdefault(MEMBERSHIP, loaded.session.membership_id)
        self._loaded = dict(data)
        return data

    def save(self, must_create: bool = False) -> None:
        """Save the keys that this request has changed, and keep what other requests have saved.

        Django would write the whole session as it was loaded. A message could then undo the lock
        of the desk, if somebody locks it during the request that adds the message.
        """
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if auth.SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, int(clock.now().timestamp()))
            data.setdefault(BROWSER, browser_name(self.user_agent))
            if data.get(MEMBERSHIP) is None:
                user = User.objects.filter(pk=data[auth.SESSION_KEY]).first()
                open_membership(data, user, user.last_used_membership() if user else None)
        with transaction.atomic():
            if self.session_key and not must_create:
                self._keep_changes_of_others()
            super().save(must_create)

    @property
    def has_several_studios(self) -> bool:
        """Return whether the person had several studios when the session opened this one."""
        return bool(self.get(HAS_SEVERAL))

    def open_membership(self, member: Membership) -> None:
        """Open another membership of the signed-in person. The caller gives the session a new
        key."""
        for key in (ACTING, LOCKED):
            self.pop(key, None)
        data: dict[str, Any] = {}
        open_membership(data, member.user, member)
        self.update(data)

    def _keep_changes_of_others(self) -> None:
        row = self._lock()
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
            if auth.SESSION_KEY in self and self.session_key and not self._lock():
                raise SessionInterrupted("the session ended before it got a new key")
            self.pop(INTERNAL_RESET_SESSION_TOKEN, None)
            super().cycle_key()

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored_key(key))

    def _lock(self) -> Session | None:
        """Lock and return the stored row of this session, or None for a missing row."""
        assert self.session_key is not None
        return Session.objects.select_for_update().filter(pk=stored_key(self.session_key)).first()

    def flush(self) -> None:
        super().flush()
        self.was_flushed = True

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return self.signed_in_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        return int((self.get_expiry_date() - clock.now()).total_seconds())

    @property
    def signed_in_at(self) -> datetime:
        """Return the time of the sign-in, or the current time before it."""
        seconds = self.get(SIGNED_IN_AT)
        return clock.now() if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.session_key = stored_key(row.session_key)
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        row.membership_id = self._membership_id(data)
        row.signed_in_at = self.signed_in_at
        row.last_used_at = clock.now()
        row.browser = data.get(BROWSER, "")
        return row

    def _membership_id(self, data: dict[str, Any]) -> int | None:
        """Return the membership for the column. One that an owner has closed stays closed."""
        opened: int | None = data.get(MEMBERSHIP)
        if self._valid_session and opened == self._loaded.get(MEMBERSHIP):
            return self._valid_session.session.membership_id
        return opened

    def record_use(self) -> None:
        """Store that a person uses the session, at most once a minute."""
        loaded = self.valid_session
        if loaded and loaded.session.is_unused_for(STORE_USE_EVERY):
            fetch_values(RECORD_USE, {"key": loaded.session.pk, "now": clock.now()})


def open_membership(data: dict[str, Any], user: User | None, member: Membership | None) -> None:
    """Name the membership in the session data, and record the time for the next sign-in."""
    data[MEMBERSHIP] = member and member.pk
    data[HAS_SEVERAL] = user is not None and user.memberships.filter(is_active=True).count() > 1
    if member:
        Membership.objects.filter(pk=member.pk).update(opened_at=Now())
