"""The page after the password: a code, a recovery code or a passkey signs the person in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from studio.accounts import rate_limit, refused_forms, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.origin import remember_browser
from studio.accounts.second_factor import factors, passkeys, pending
from studio.accounts.second_factor.models import Passkey, Totp
from studio.accounts.second_factor.pending import Pending
from studio.accounts.sign_in import finish


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "passkey")
def check(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, and sign the person in if it is right."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(resolve_url("home"))
    waiting = pending.pending_of(request, pending.CHECK)
    if waiting is None:
        return redirect_of_ended(request)
    problem = ""
    if request.method == "POST":
        problem = problem_with(request, waiting)
        if not problem:
            pending.sign_in(request, waiting)
            page = refused_forms.page_after_sign_in(request)
            response = page or HttpResponseRedirect(waiting.next_url)
            finish(request, response)
            return response
    return check_page(request, waiting, problem)


def check_page_after_password(request: HttpRequest) -> HttpResponse | None:
    """Return the page that asks for the second factor, or None if no sign-in waits for it."""
    waiting = pending.pending_of(request, pending.CHECK)
    if waiting is None:
        return None
    response = check_page(request, waiting)
    remember_browser(request, response)
    return response


def check_page(request: HttpRequest, waiting: Pending, problem: str = "") -> HttpResponse:
    """Return the page that asks for the second factor, and carries a refused form on."""
    has_passkey = Passkey.objects.filter(user=waiting.user).exists()
    can_use_passkey = has_passkey and passkeys.are_possible(request)
    context = {
        "problem": problem,
        "has_app": Totp.objects.filter(user=waiting.user).exists(),
        refused_forms.FIELD: request.POST.get(refused_forms.FIELD, ""),
        "options": passkeys.options_to_use(request, waiting.user) if can_use_passkey else "",
    }
    return render(request, "second_factor/check.html", context)


def problem_with(request: HttpRequest, waiting: Pending) -> str:
    """Return why the second factor was not accepted, or an empty text if it is right."""
    user, answer = waiting.user, request.POST.get("passkey", "")
    code = request.POST.get("code", "")
    if not answer and not code.strip():
        return _("Type the code.")

    def is_right() -> bool:
        if answer:
            return passkeys.use_passkey(request, user, answer)
        return factors.use_code(user, code)

    try:
        if rate_limit.check_second_factor(user.username, is_right):
            return ""
    except TooManyTries as refused:
        return waits.refusal(refused.wait)
    if answer:
        return _("This passkey was not accepted. Try again.")
    return _("That code is not right. Each code works once.")


def redirect_of_ended(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, which names the reason if a sign-in took too long."""
    if pending.is_waiting(request):
        messages.info(request, _("The sign-in took too long. Sign in again."))
        request.session.pop(pending.PENDING)
    return redirect_to_login(resolve_url("home"))
