"""The page "Your studios": a person who belongs to several studios opens another one.

A session has one studio open. The server stores which one, and the switch gives the session a new
key. It also changes the CSRF token, so that no form of a page of the former studio is accepted.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from studio.accounts import security_log
from studio.accounts.membership import Membership
from studio.accounts.second_factor import factors
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session_store import SessionStore
from studio.accounts.shared_desk import current_member
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.user import User


@require_http_methods(["GET", "HEAD", "POST"])
def own_studios(request: SharedDeskRequest) -> HttpResponse:
    """Show the studios of the user, and open the chosen one.

    A PIN does not open the page, because the studios are those of the person who signed in.
    """
    if (closed := closed_page(request, _("Your studios"))) is not None:
        return closed
    user = user_of(request)
    members = studios_of(user)
    if request.method != "POST":
        return render(request, "own_studios/list.html", {"members": members})
    chosen = request.POST.get("membership", "")
    for member in members:
        if str(member.pk) == chosen:
            return open_studio(request, member)
    raise Http404


def closed_page(request: SharedDeskRequest, page: str) -> HttpResponse | None:
    """Return the page that asks for the password if a PIN opened the desk, otherwise None."""
    if request.desk is None or request.desk.is_by_password:
        return None
    security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
    context = {"desk": request.desk, "own_page": page}
    return render(request, "shared_desk/admin_closed.html", context, status=403)


def open_studio(request: HttpRequest, member: Membership) -> HttpResponse:
    """Open the studio of a membership of the signed-in user, and go to its desk.

    If a studio of the person requires a second factor, the person sets one up first.
    """
    user = member.user
    if factors.is_required(user) and not factors.has_factor(user):
        messages.warning(request, _("One of your studios requires a second factor. Add one first."))
        return HttpResponseRedirect(resolve_url("second_factor:own"))
    session = request.session
    assert isinstance(session, SessionStore)
    session.open_membership(member)
    session.cycle_key()
    rotate_token(request)
    security_log.record(
        SecurityEvent.Kind.STUDIO_OPENED,
        account_id=user.pk,
        actor_id=user.pk,
        org_id=member.org_id,
    )
    response = HttpResponseRedirect(resolve_url("home"))
    current_member.record_activity(request, response)
    return response


def studios_of(user: User) -> list[Membership]:
    """Return the active memberships of the user, by the name of the studio."""
    members = user.memberships.filter(is_active=True).select_related("org", "user")
    return list(members.order_by("org__name", "pk"))


def user_of(request: HttpRequest) -> User:
    user = request.user
    assert user.is_authenticated
    return user
