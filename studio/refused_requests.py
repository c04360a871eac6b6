"""The responses to a request that nobody may send: without a session, at a locked desk, or from a
page that was made for another member. They change nothing, and lead back to the page."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _

from purchases.redirects import current_page_url, safe_next_url
from studio.accounts.forms import SignInForm
from studio.accounts.refused_forms import FIELD, RefusedForm, try_again_page
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.shared_desk.views import at_desk_page, at_desk_url, redirect_to
from studio.models import Membership

READ_ONLY = ("GET", "HEAD")


def redirect_to_sign_in(request: SharedDeskRequest) -> HttpResponseBase:
    """Redirect to the sign-in page, which returns to the current page.

    A form that is not sent by htmx gets the sign-in page itself, which carries what was typed.
    """
    page = current_url(request)
    if request.method in READ_ONLY:
        return redirect_to(request, redirect_to_login(page).url)
    url = f"{redirect_to_login(page).url}&pressed=1"
    if not (signed := signed_form(request)):
        return redirect_to(request, url)
    context = {
        "form": SignInForm(request),
        "next": page,
        "pressed": True,
        FIELD: signed,
        "without_form": url,
    }
    return render(request, "registration/login.html", context, status=403)


def redirect_to_at_desk(request: SharedDeskRequest) -> HttpResponse:
    """Redirect a request at a locked desk to the page where a member unlocks it.

    A form that is not sent by htmx gets that page itself, which carries what was typed.
    """
    page = current_url(request)
    url = at_desk_url(page, pressed=request.method not in READ_ONLY)
    if signed := signed_form(request):
        context = {FIELD: signed, "without_form": url, "pressed": True}
        response = at_desk_page(request, page, context, status=403)
    else:
        response = redirect_to(request, url)
    response["Desk-Locked"] = "true"
    return response


def signed_form(request: HttpRequest) -> str:
    """Return the form of a request as signed text, or an empty text if none is carried."""
    form = RefusedForm.of(request)
    return form.signed() if form else ""


def is_form_of_other_member(request: HttpRequest, member: Membership) -> bool:
    """Return whether the form was rendered for another acting member than `member`, or for the
    same person in another studio."""
    return request.POST.get("by", "") not in ("", str(member.pk))


def is_form_of_other_studio(request: HttpRequest, member: Membership) -> bool:
    """Return whether the form was rendered for the same person in another studio."""
    by = request.POST.get("by", "")
    if by == str(member.pk) or not (by.isascii() and by.isdigit() and len(by) < 19):
        return False
    others = Membership.objects.filter(pk=int(by), user=member.user_id)
    return others.exclude(org=member.org_id).exists()


def refuse_form(request: SharedDeskRequest, member: Membership) -> HttpResponse:
    """Change nothing, and show `member` on the same page that they are the acting member now.

    The page of another studio is not shown, because its rows belong to that studio.
    """
    if is_form_of_other_studio(request, member):
        text = _(
            "Nothing was changed: the page was of another studio, and this browser shows "
            "%(studio)s now."
        )
        messages.warning(request, text % {"studio": member.org})
        return redirect_to(request, resolve_url("home"))
    text = _("Nothing was changed: %(name)s is at the desk now. Press again to do it as %(name)s.")
    why = text % {"name": member.name}
    if form := RefusedForm.of(request):
        return try_again_page(request, form, why, by=member.pk, status=409)
    messages.warning(request, why)
    return redirect_to(request, current_url(request))


def refuse_old_token(request: HttpRequest) -> HttpResponse | None:
    """Return a page that sends the form with a new CSRF token, or None if the form may come from
    another site."""
    form = RefusedForm.of(request)
    if form is None or request.headers.get("Origin") != own_origin(request):
        return None
    why = _("Nothing was changed: the page was out of date. Check it and press again.")
    return try_again_page(request, form, why, status=403)


def current_url(request: SharedDeskRequest) -> str:
    """Return the URL of the page in the browser.

    The URL of a button is not a page. Its form names the page in `next`; a form without `next` is
    on the page that the browser names as the referrer.
    """
    if request.htmx:
        return current_page_url(request.htmx, otherwise="home")
    if request.method in READ_ONLY:
        return request.get_full_path()
    referrer, origin = request.headers.get("Referer", ""), own_origin(request)
    own_page = referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else ""
    return safe_next_url(request, request.POST.get("next") or own_page, otherwise="home")


def own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
