"""The account whose second factors a page shows, and the decorator that loads it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _

from studio.accounts import security_log
from studio.accounts.second_factor import pending
from studio.accounts.second_factor.pending import Pending
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.user import User


@dataclass(frozen=True)
class Account:
    user: User
    # The sign-in that waits until the person has set up a second factor. They reach nothing else.
    waiting: Pending | None = None


View = Callable[Concatenate[SharedDeskRequest, Account, ...], HttpResponse]


def with_account(view: View) -> Callable[..., HttpResponse]:
    """Pass the account of the person who has signed in, or whose sign-in waits.

    A PIN does not open the page, because the account is of the person who signed in by password.
    """

    @login_not_required
    @wraps(view)
    def wrapped(request: SharedDeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            if request.desk and not request.desk.is_by_password:
                security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
                context = {"desk": request.desk, "own_page": _("Second factor")}
                return render(request, "shared_desk/admin_closed.html", context, status=403)
            return view(request, Account(request.user), *args, **kwargs)
        waiting = pending.pending_of(request, pending.SET_UP)
        if waiting is None:
            is_page = request.method in ("GET", "HEAD")
            return redirect_to_login(request.path if is_page else resolve_url("home"))
        return view(request, Account(waiting.user, waiting), *args, **kwargs)

    return wrapped
