"""The pages on which a person adds and removes their second factors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from studio.accounts import security_log
from studio.accounts.origin import origin_of
from studio.accounts.second_factor import factors, passkeys, pending, recovery_codes, totp
from studio.accounts.second_factor.account import Account, with_account
from studio.accounts.second_factor.encryption import decrypt, encrypt
from studio.accounts.second_factor.forms import AppForm, PasskeyForm, PasswordAgainForm
from studio.accounts.second_factor.models import Passkey, Totp
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.sign_in import finish
from studio.accounts.user import User

# The key of the session data with the secret of an app that is being added: a list of the user id
# and the encrypted secret.
NEW_SECRET = "new_totp"  # noqa: S105


@with_account
@require_safe
def own(request: SharedDeskRequest, account: Account) -> HttpResponse:
    """Show the second factors of a person, or what they may set up to finish the sign-in."""
    user = account.user
    context = {
        "waiting": account.waiting,
        "app": Totp.objects.filter(user=user).first(),
        "passkeys": Passkey.objects.filter(user=user).order_by("added_at"),
        "codes_left": recovery_codes.codes_left(user),
        "are_passkeys_possible": passkeys.are_possible(request),
    }
    return render(request, "second_factor/own.html", context)


@with_account
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code")
def add_app(request: SharedDeskRequest, account: Account) -> HttpResponse:
    """Show the secret as a QR code and as text. Add the app after its first code."""
    user = account.user
    if Totp.objects.filter(user=user).exists():
        return HttpResponseRedirect(resolve_url("second_factor:own"))
    secret = secret_of_page(request, user) or totp.new_secret()
    form = AppForm(request.POST or None, secret=secret, **whose(request, account))
    if form.is_valid():
        row = totp.new_app(user, secret, form.cleaned_data["code"])
        request.session.pop(NEW_SECRET, None)
        return add(request, account, row)
    request.session[NEW_SECRET] = [user.pk, encrypt(secret)]
    member = getattr(user, "membership", None)
    url = totp.enrolment_url(secret, user, str(member.org) if member else "Studio")
    context = {
        "form": form,
        "qr_code": totp.qr_code(url, _("The secret as a QR code")),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "second_factor/add_app.html", context)


@with_account
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "passkey")
def add_passkey(request: SharedDeskRequest, account: Account) -> HttpResponse:
    """Add a passkey that the browser makes, with a name for it."""
    user = account.user
    if Passkey.objects.filter(user=user).count() >= passkeys.MAX_PASSKEYS:
        messages.error(request, _("Remove a passkey before you add another one."))
        return HttpResponseRedirect(resolve_url("second_factor:own"))
    form = PasskeyForm(request.POST or None, **whose(request, account))
    if form.is_valid():
        name, answer = form.cleaned_data["name"], form.cleaned_data["passkey"]
        if row := passkeys.new_passkey(request, user, name, answer):
            return add(request, account, row)
        form.add_error("passkey", _("This passkey was not accepted. Try again."))
    is_possible = passkeys.are_possible(request)
    options = passkeys.options_to_add(request, user) if is_possible else ""
    return render(request, "second_factor/add_passkey.html", {"form": form, "options": options})


@with_account
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def new_codes(request: SharedDeskRequest, account: Account) -> HttpResponse:
    """Replace the recovery codes, and show the new ones once."""
    if not factors.has_factor(account.user):
        return HttpResponseRedirect(resolve_url("second_factor:own"))
    form = PasswordAgainForm(request.POST or None, **whose(request, account))
    if form.is_valid():
        codes = recovery_codes.replace_codes(account.user)
        security_log.record(SecurityEvent.Kind.CODES_MADE, account_id=account.user.pk)
        context = {"codes": codes, "next_url": resolve_url("second_factor:own")}
        return render(request, "second_factor/codes.html", context)
    return render(request, "second_factor/new_codes.html", {"form": form})


@with_account
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def remove_app(request: SharedDeskRequest, account: Account) -> HttpResponse:
    return remove(request, account, get_object_or_404(Totp, user=account.user))


@with_account
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def remove_passkey(request: SharedDeskRequest, account: Account, pk: int) -> HttpResponse:
    return remove(request, account, get_object_or_404(Passkey, user=account.user, pk=pk))


def remove(request: SharedDeskRequest, account: Account, factor: Totp | Passkey) -> HttpResponse:
    """Remove a factor after the password, unless the studio requires this one."""
    form = PasswordAgainForm(request.POST or None, **whose(request, account))
    try:
        if factors.is_last(factor) and factors.is_required(account.user):
            raise factors.Required
        if not form.is_valid():
            return render(request, "second_factor/remove.html", {"form": form, "factor": factor})
        factors.remove(factor)
    except factors.Required:
        messages.error(request, _("Your account needs a second factor. Add another one first."))
    else:
        record(SecurityEvent.Kind.FACTOR_REMOVED, account, factor)
        messages.success(request, _("The second factor is removed."))
    return HttpResponseRedirect(resolve_url("second_factor:own"))


def add(request: SharedDeskRequest, account: Account, row: Totp | Passkey) -> HttpResponse:
    """Save a factor, finish a sign-in that waits for it, and show the first recovery codes once."""
    waiting = account.waiting
    codes = factors.add(row, must_be_first=waiting is not None)
    if codes is None:
        return redirect_to_login(resolve_url("home"))
    record(SecurityEvent.Kind.FACTOR_ADDED, account, row)
    if waiting:
        pending.sign_in(request, waiting)
    next_url = waiting.next_url if waiting else resolve_url("second_factor:own")
    messages.success(request, _("The second factor is added. The next sign-in asks for it."))
    response: HttpResponse = HttpResponseRedirect(next_url)
    if codes:
        context = {"codes": codes, "next_url": next_url}
        response = render(request, "second_factor/codes.html", context)
    if waiting:
        finish(request, response)
    return response


def record(kind: SecurityEvent.Kind, account: Account, factor: Totp | Passkey) -> None:
    detail = "app" if isinstance(factor, Totp) else "passkey"
    security_log.record(kind, account_id=account.user.pk, actor_id=account.user.pk, detail=detail)


def secret_of_page(request: SharedDeskRequest, user: User) -> str | None:
    """Return the secret that the page has shown to this person, or None.

    A sign-in keeps the data of the session. The page must not show a person the secret that it has
    shown to another person in the same browser, who could then compute the codes.
    """
    user_id, encrypted = request.session.get(NEW_SECRET, (None, ""))
    return decrypt(encrypted) if user_id == user.pk else None


def whose(request: SharedDeskRequest, account: Account) -> dict[str, Any]:
    """Return the arguments of a form that asks for the password again."""
    return {
        "user": account.user,
        "origin": origin_of(request),
        "has_typed": account.waiting is not None,
    }
