"""The first page of an empty site: it makes a studio and its owner, who is then signed in."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from studio.accounts import rate_limit, security_log, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.origin import name_browser, origin_of, remember_browser
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk import current_member
from studio.models import User
from studio.new_studio import secret
from studio.new_studio.create import NameTaken, create_studio, name_taken_message
from studio.new_studio.forms import NewStudioForm

# The key of the session with the digest of the secret that the browser has shown.
SHOWN = "first_owner_secret"
# User names have no space, so the wrong tries of no account count here.
COUNTED_AS = "first owner"


@require_safe
@login_not_required
def start_link(request: HttpRequest, typed: str) -> HttpResponse:
    """Move the secret of the link from the URL to the session, if it is right."""
    if not secret.is_needed():
        return used_link_page(request)
    try:
        is_right = rate_limit.check(
            COUNTED_AS,
            origin_of(request),
            lambda: secret.is_right(typed),
            failure=SecurityEvent.Kind.WRONG_LINK,
        )
    except TooManyTries as refused:
        return used_link_page(request, waits.refusal(refused.wait))
    if not is_right:
        return used_link_page(request)
    request.session[SHOWN] = secret.digest(typed)
    return HttpResponseRedirect(resolve_url("new_studio"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@sensitive_post_parameters("new_password1", "new_password2")
def new_studio(request: HttpRequest) -> HttpResponse:
    """Ask for a studio and its first owner. Make both, and sign the owner in."""
    if not (secret.is_needed() and secret.is_right_digest(request.session.get(SHOWN, ""))):
        return used_link_page(request)
    form = NewStudioForm(request.POST or None, initial={"language": first_language()})
    if form.is_valid():
        try:
            owner = make_first_owner(form)
        except secret.AlreadyUsed:
            return used_link_page(request)
        except NameTaken:
            form.add_error("name", name_taken_message(form.cleaned_data["name"]))
        else:
            return sign_in(request, owner)
    return render(request, "studio/new_studio.html", {"form": form})


def make_first_owner(form: NewStudioForm) -> User:
    """Make the studio and its owner, and use the secret up. Raise AlreadyUsed in a second request,
    whose studio is rolled back."""
    with transaction.atomic():
        member = create_studio(form.new_studio, form.owner)
        secret.use()
    return member.user


def sign_in(request: HttpRequest, owner: User) -> HttpResponse:
    request.session.pop(SHOWN, None)
    auth.login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    security_log.record(SecurityEvent.Kind.SIGNED_IN, account_id=owner.pk, actor_id=owner.pk)
    response = HttpResponseRedirect(resolve_url("home"))
    name_browser(request)
    current_member.record_activity(request, response)
    remember_browser(request, response)
    return response


def first_language() -> str:
    """Return the language of the browser, in which the page is shown."""
    shown = translation.get_language() or ""
    return shown if shown in dict(settings.LANGUAGES) else ""


def used_link_page(request: HttpRequest, problem: str = "") -> HttpResponse:
    context = {"problem": problem}
    return render(request, "studio/used_start_link.html", context, status=404)
