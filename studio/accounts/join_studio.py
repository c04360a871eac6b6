"""The page on which an invited person joins a studio with an account that they have.

The link of the invitation was opened in this browser. Nobody can join an account of somebody else:
the person signs in with it and presses the button.
"""

from datetime import timedelta
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from purchases import clock
from studio.accounts.link_pages import INVITATION
from studio.accounts.links import TOKENS, is_invited
from studio.accounts.membership import Membership
from studio.accounts.own_studios import closed_page, open_studio, user_of
from studio.accounts.people import invitations
from studio.accounts.people.guards import AlreadyMember
from studio.accounts.shared_desk.current_member import SharedDeskRequest

# The time between the link and this page. A sign-in with a second factor fits in.
OPEN_FOR = timedelta(minutes=30)


class Invitation(NamedTuple):
    member: Membership
    token: str


@require_http_methods(["GET", "HEAD", "POST"])
def join_studio(request: SharedDeskRequest) -> HttpResponse:
    """Show the invitation that this browser has opened, and accept it."""
    if (closed := closed_page(request, _("Join a studio"))) is not None:
        return closed
    user, invitation = user_of(request), opened_invitation(request)
    if invitation is None or request.method != "POST":
        member = invitation and invitation.member
        return render(request, "own_studios/join.html", {"invited": member, "person": user})
    studio = invitation.member.org
    try:
        member = invitations.join(user, invitation.member.user_id, invitation.token)
    except AlreadyMember:
        text = _("You belong to %(studio)s already. An owner can switch you on again.")
        messages.error(request, text % {"studio": studio})
        return HttpResponseRedirect(resolve_url("join_studio"))
    del request.session[INVITATION]
    if member is None:
        return render(request, "own_studios/join.html", {"invited": None, "person": user})
    messages.success(request, _("You belong to %(studio)s now.") % {"studio": studio})
    return open_studio(request, member)


def opened_invitation(request: HttpRequest) -> Invitation | None:
    """Return the invitation whose link this browser has opened, if it is still valid."""
    uid, token, opened_at = request.session.get(INVITATION, ("", "", 0))
    if clock.seconds() - opened_at >= OPEN_FOR.total_seconds():
        return None
    members = Membership.objects.select_related("org__policy", "user")
    member = members.filter(user=int(force_str(urlsafe_base64_decode(uid)))).first()
    if member is None or not is_invited(member.user):
        return None
    return Invitation(member, token) if TOKENS.check_token(member.user, token) else None
