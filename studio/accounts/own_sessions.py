"""The page "Where you are signed in": a person sees their sessions, and ends any of them."""

from dataclasses import dataclass

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from studio.accounts import security_log
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import Session
from studio.accounts.session_store import SessionStore
from studio.accounts.shared_desk.current_member import SharedDeskRequest

# The value of the button that ends all sessions but this one.
OTHERS = "others"


@dataclass(frozen=True)
class OwnSession:
    session: Session
    # A digest of the key. The key itself would sign anyone in.
    id: str
    is_this: bool


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: SharedDeskRequest) -> HttpResponse:
    """Show the sessions of the user, and end one of them or all others.

    A PIN does not open the page, because the user is the person who signed in by password.
    """
    desk = request.desk
    if desk and not desk.is_by_password:
        security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
        context = {"desk": desk, "own_page": _("Where you are signed in")}
        return render(request, "shared_desk/admin_closed.html", context, status=403)
    sessions = open_sessions(request)
    if request.method != "POST":
        return render(request, "own_sessions/list.html", {"sessions": sessions})
    chosen = request.POST.get("session", "")
    ended = [own for own in sessions if own.id == chosen or (chosen == OTHERS and not own.is_this)]
    if ended:
        security_log.record(
            SecurityEvent.Kind.SESSION_ENDED, account_id=request.user.pk, detail=str(len(ended))
        )
    if any(own.is_this for own in ended):
        auth.logout(request)
        return HttpResponseRedirect(resolve_url("login"))
    Session.objects.filter(pk__in=[own.session.pk for own in ended]).delete()
    text = ngettext("%(count)d session ended.", "%(count)d sessions ended.", len(ended))
    messages.success(request, text % {"count": len(ended)})
    return HttpResponseRedirect(resolve_url("own_sessions"))


def open_sessions(request: SharedDeskRequest) -> list[OwnSession]:
    """Return the sessions in which the user is signed in. This one is the first."""
    user = request.user
    assert user.is_authenticated
    store = SessionStore()
    # A session from before a change of SECRET_KEY has the hash of an older key.
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    of_user = Session.objects.filter(user=user.pk, expire_date__gt=timezone.now())
    sessions = [
        OwnSession(
            session=session,
            id=session_id(session.pk),
            is_this=session.pk == request.session.session_key,
        )
        for session in of_user.order_by("-last_used_at")
        # A former password signs no one in.
        if store.decode(session.session_data).get(auth.HASH_SESSION_KEY) in hashes
    ]
    return sorted(sessions, key=lambda own: not own.is_this)


def session_id(key: str) -> str:
    return salted_hmac("studio.accounts.own_sessions", key, algorithm="sha256").hexdigest()
