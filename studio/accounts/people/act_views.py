"""The buttons of a person's page: each is one POST, which changes one thing."""

from typing import Any

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from studio.accounts import rate_limit
from studio.accounts.people import acts, invitations
from studio.accounts.people.access import act
from studio.accounts.people.forms import RoleForm
from studio.accounts.people.guards import LAST_OWNER_TEXT, LastOwner
from studio.accounts.people.listing import Person
from studio.accounts.people.several_studios import own_password, own_second_factor
from studio.accounts.people.views import link_page, maker_of
from studio.accounts.permissions import Role
from studio.accounts.shared_desk.current_member import SharedDeskRequest


@act
def new_link(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Make a link with which the person chooses a new password."""
    if person.belongs_elsewhere:
        return back(request, person, own_password(), messages.ERROR)
    link = invitations.new_link(request, maker_of(request), person.member.user)
    if link is None:
        return back(request, person, _("You cannot make a link for %(name)s."), messages.ERROR)
    return link_page(request, link)


@act
def withdraw(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Delete the account of an invited person, whose link ends."""
    if not invitations.withdraw_invitation(maker_of(request), person.member.user_id):
        text = _("%(name)s has no invitation that you can withdraw.")
        return back(request, person, text, messages.ERROR)
    text = _("The invitation of %(name)s is withdrawn.") % {"name": person.member.name}
    messages.success(request, text)
    return HttpResponseRedirect(resolve_url("people"))


@act
def change_role(request: SharedDeskRequest, person: Person) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return back(request, person, _("Choose a role of the list."), messages.ERROR)
    role = Role(form.cleaned_data["role"])
    try:
        acts.change_role(person.member, role)
    except LastOwner:
        return back(request, person, str(LAST_OWNER_TEXT), messages.ERROR)
    text = _("%(name)s is now: %(role)s.")
    if is_self(request, person) and role != Role.OWNER:
        messages.success(request, text % {"name": person.member.name, "role": role.label})
        return HttpResponseRedirect(resolve_url("home"))
    return back(request, person, text, role=role.label)


@act
def switch_off(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Switch the membership off. The person is out at the next request, and the history stays."""
    if acts.is_beyond(maker_of(request), person.member.user):
        return back(request, person, only_a_superuser(), messages.ERROR)
    try:
        acts.switch_off(person.member)
    except LastOwner:
        return back(request, person, str(LAST_OWNER_TEXT), messages.ERROR)
    if is_self(request, person):
        if person.belongs_elsewhere:
            return HttpResponseRedirect(resolve_url("own_studios"))
        auth.logout(request)
        return HttpResponseRedirect(resolve_url("login"))
    return back(request, person, _("%(name)s is switched off, and out of your studio."))


@act
def switch_on(request: SharedDeskRequest, person: Person) -> HttpResponse:
    if acts.is_beyond(maker_of(request), person.member.user):
        return back(request, person, only_a_superuser(), messages.ERROR)
    if acts.switch_on(person.member):
        return back(request, person, _("%(name)s is switched on."))
    return back(request, person, only_a_superuser(), messages.ERROR)


@act
def clear_pin(request: SharedDeskRequest, person: Person) -> HttpResponse:
    acts.clear_pin(person.member)
    return back(request, person, _("The PIN of %(name)s is cleared."))


@act
def unlock(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """End the delays after wrong tries, at most once an hour."""
    user = person.member.user
    if rate_limit.waits_until(user.username) is None:
        return back(request, person, _("%(name)s is not locked out."))
    if acts.unlock(user):
        return back(request, person, _("%(name)s is unlocked."))
    text = _("%(name)s was unlocked less than an hour ago. Try again later.")
    return back(request, person, text, messages.ERROR)


@act
def remove_second_factors(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Remove the second factors of a person who has lost theirs.

    Nobody removes their own here, because the page of the second factor asks for the password.
    """
    if is_self(request, person):
        text = _("You remove your own second factor on the page “Second factor”.")
        return back(request, person, text, messages.ERROR)
    if acts.is_beyond(maker_of(request), person.member.user):
        return back(request, person, only_a_superuser(), messages.ERROR)
    if person.belongs_elsewhere:
        return back(request, person, own_second_factor(), messages.ERROR)
    if acts.remove_second_factors(person.member.user):
        return back(request, person, _("The second factor of %(name)s is removed."))
    return back(request, person, _("%(name)s has no second factor."))


@act
def sign_out(request: SharedDeskRequest, person: Person) -> HttpResponse:
    """Sign the person out of one browser in the studio, or of all without a choice.

    An owner ends their own sessions on the page “Where you are signed in”.
    """
    if is_self(request, person):
        return HttpResponseRedirect(resolve_url("own_sessions"))
    chosen = request.POST.get("session", "")
    if not chosen:
        acts.sign_out_of_studio(person.member)
        return back(request, person, _("%(name)s is signed out of your studio in every browser."))
    for own in person.sessions:
        if own.id == chosen:
            acts.sign_out_of(own.session)
            return back(request, person, _("%(name)s is signed out of that browser."))
    return back(request, person, _("%(name)s is not signed in there any more."))


def is_self(request: SharedDeskRequest, person: Person) -> bool:
    return person.member.user_id == request.user.pk


def only_a_superuser() -> str:
    return _("Only a superuser changes the account of %(name)s.")


def back(
    request: SharedDeskRequest,
    person: Person,
    text: str,
    level: int = messages.SUCCESS,
    **values: Any,
) -> HttpResponse:
    """Return to the page of the person with a message, whose text may contain `%(name)s`."""
    messages.add_message(request, level, text % {"name": person.member.name, **values})
    return HttpResponseRedirect(resolve_url("person:detail", person.member.pk))
