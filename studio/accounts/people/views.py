"""The owner's pages "People": the list, a person, and the invitation."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from studio.accounts.people import invitations
from studio.accounts.people.access import about_person, for_owners
from studio.accounts.people.account_changes import account, record_changes
from studio.accounts.people.acts import is_beyond
from studio.accounts.people.forms import InvitationForm
from studio.accounts.people.guards import NameTaken, change_of_people
from studio.accounts.people.invitations import Link
from studio.accounts.people.listing import Person, is_last_owner, people_of
from studio.accounts.permissions import Role
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.user import User


@require_safe
@for_owners
def people(request: SharedDeskRequest) -> HttpResponse:
    """List the people of the studio with their state and their browsers."""
    listed = people_of(request.member.org_id, this=request.session.session_key)
    return render(request, "people/list.html", {"people": listed})


@require_safe
@about_person
def detail(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Show a person, and a button for each act that is possible now."""
    context = {
        "person": person,
        "is_self": person.member.user_id == request.user.pk,
        "is_last_owner": is_last_owner(person),
        "is_beyond": is_beyond(maker_of(request), person.member.user),
        "roles": Role.choices,
        "sends_email": settings.SENDS_EMAIL,
    }
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owners
def invite(request: SharedDeskRequest) -> HttpResponse:
    """Add a person who chooses their password by a link."""
    form = invitation_form(request)
    if form.is_valid():
        try:
            return link_page(request, save_invitation(request, form))
        except NameTaken:
            # The other account is stored now, so the form finds it.
            form = invitation_form(request)
    chosen = request.POST.get("role", Role.STAFF)
    context = {"form": form, "roles": Role.choices, "chosen": chosen}
    return render(request, "people/invite.html", context)


def invitation_form(request: SharedDeskRequest) -> InvitationForm:
    form = InvitationForm(request.POST or None)
    form.org_id = request.member.org_id
    return form


def save_invitation(request: SharedDeskRequest, form: InvitationForm) -> Link:
    with change_of_people():
        user = form.save_person()
        before = account(user.pk)
        member = form.save(commit=False)
        member.user, member.org_id = user, request.member.org_id
        member.save()
        record_changes(user.pk, before)
        return invitations.hand_over_link(request, user)


def link_page(request: SharedDeskRequest, link: Link) -> HttpResponse:
    """Show the link once, or say that an e-mail brings it."""
    return render(request, "people/link.html", {"link": link})


def maker_of(request: SharedDeskRequest) -> User:
    user = request.user
    assert user.is_authenticated
    return user
