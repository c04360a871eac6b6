"""The check of the pages of an owner: the role, and the password."""

from django.http import HttpResponse
from django.shortcuts import render

from purchases.access import allow
from studio.accounts import security_log
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk.current_member import SharedDeskRequest


def closed_page(request: SharedDeskRequest, page: str) -> HttpResponse | None:
    """Return the page that asks an owner for the password, or None if the password was typed.

    A PIN of four digits opens the desk only. Raise PermissionDenied for other roles.
    """
    allow(request, "administer")
    if request.desk.is_by_password:
        return None
    security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
    context = {"desk": request.desk, "own_page": page}
    return render(request, "shared_desk/admin_closed.html", context, status=403)
