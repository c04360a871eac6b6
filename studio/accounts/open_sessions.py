"""The sessions in which people are signed in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import auth
from django.utils.crypto import salted_hmac

from purchases import clock
from purchases.session_keys import stored_key
from studio.accounts.session import Session
from studio.accounts.session_store import SessionStore
from studio.accounts.user import User


@dataclass(frozen=True)
class OpenSession:
    session: Session
    # A digest of the stored key, because no page shows that.
    id: str
    # Whether it is the session with the key `this` in its cookie, of the browser that asks.
    is_this: bool


def open_sessions(
    users: Iterable[User], *, this: str | None = None, org_id: UUID | None = None
) -> Mapping[int, list[OpenSession]]:
    """Return the sessions of each user by id, the last used first, in one query.

    With `org_id`, return only those that have this org open.
    """
    # A session from before a change of SECRET_KEY has the hash of an older key.
    hashes = {
        user.pk: {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
        for user in users
        if user.is_active
    }
    sessions: dict[int, list[OpenSession]] = defaultdict(list)
    store = SessionStore()
    this_key = None if this is None else stored_key(this)
    rows = Session.objects.filter(user__in=hashes, expire_date__gt=clock.now())
    if org_id:
        rows = rows.filter(membership__org=org_id)
    for row in rows.order_by("-last_used_at"):
        assert row.user_id is not None
        # A former password signs no one in.
        if store.decode(row.session_data).get(auth.HASH_SESSION_KEY) in hashes[row.user_id]:
            sessions[row.user_id].append(
                OpenSession(row, session_id(row.pk), is_this=row.pk == this_key)
            )
    return sessions


def session_id(key: str) -> str:
    return salted_hmac("studio.accounts.own_sessions", key, algorithm="sha256").hexdigest()
