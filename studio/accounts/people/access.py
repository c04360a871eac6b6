"""The loaders of the owner's pages about people. Each checks the role, so that no view forgets."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from studio.accounts.password_gate import closed_page
from studio.accounts.people.listing import Person, person_of
from studio.accounts.shared_desk.current_member import SharedDeskRequest

Page = Callable[[SharedDeskRequest], HttpResponse]
PersonPage = Callable[[SharedDeskRequest, Person], HttpResponse]


def for_owners(view: Page) -> Page:
    """Open a page for an owner who signed in by password. A PIN does not open it."""

    @wraps(view)
    def wrapped(request: SharedDeskRequest) -> HttpResponse:
        return closed_page(request, _("People")) or view(request)

    return wrapped


def about_person(view: PersonPage) -> Callable[[SharedDeskRequest, int], HttpResponse]:
    """Pass the person with this membership to a page for owners.

    A person of another studio is 404 for every role.
    """

    @wraps(view)
    def wrapped(request: SharedDeskRequest, pk: int) -> HttpResponse:
        person = person_of(request.member.org_id, pk, this=request.session.session_key)
        if person is None:
            raise Http404
        return closed_page(request, _("People")) or view(request, person)

    return wrapped


def act(view: PersonPage) -> Callable[[SharedDeskRequest, int], HttpResponse]:
    """Pass the person to a view that changes something, for POST only."""
    return require_POST(about_person(view))
