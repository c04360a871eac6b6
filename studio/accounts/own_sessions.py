"""The page "Where you are signed in": a person sees their sessions, and ends any of them."""

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from studio.accounts import security_log
from studio.accounts.open_sessions import OpenSession, open_sessions
from studio.accounts.own_studios import closed_page
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import Session
from studio.accounts.shared_desk.current_member import SharedDeskRequest

# The value of the button that ends all sessions but this one.
OTHERS = "others"


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: SharedDeskRequest) -> HttpResponse:
    """Show the sessions of the user, and end one of them or all others.

    A PIN does not open the page, because the user is the person who signed in by password.
    """
    if (closed := closed_page(request, _("Where you are signed in"))) is not None:
        return closed
    sessions = own_open_sessions(request)
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


def own_open_sessions(request: SharedDeskRequest) -> list[OpenSession]:
    """Return the sessions in which the user is signed in. This one is the first."""
    user = request.user
    assert user.is_authenticated
    sessions = open_sessions([user], this=request.session.session_key)[user.pk]
    return sorted(sessions, key=lambda own: not own.is_this)
