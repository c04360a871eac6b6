"""The pages of the shared desk: switch the acting member, lock the desk, set a PIN."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from purchases.forms import problems
from purchases.redirects import safe_next_url
from studio.accounts import pins, rate_limit, refused_forms, security_log, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.membership import Membership
from studio.accounts.origin import Origin, name_browser, origin_of, remember_browser
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk import current_member
from studio.accounts.shared_desk.current_member import Desk, SharedDeskRequest
from studio.accounts.shared_desk.forms import PinForm, WhoForm
from studio.accounts.shared_desk.people import who_may_act, with_letters


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
def at_desk(request: SharedDeskRequest) -> HttpResponse:
    """Show the members with a PIN. Switch to the chosen one, then return to the page before."""
    desk = request.desk
    form = WhoForm(request.POST or None, signed_in=desk.signed_in)
    problem = ""
    if form.is_valid():
        member, secret = form.cleaned_data["who"], form.cleaned_data["secret"]
        by_password = not pins.is_pin_attempt(member, secret)
        name_browser(request)
        if not (problem := verification_problem(member, secret, origin_of(request))):
            is_other = desk.previous is None or member.pk != desk.previous.pk
            url = return_url(request, without_search=is_other)
            current_member.switch_to(request, member, by_password=by_password)
            record_change_of_person(desk, member, by_password=by_password)
            why = _("Nothing was changed: the desk was locked. Check it and press again.")
            page = refused_forms.carried_form_page(request, member.pk, why)
            response = page or redirect_to(request, url)
            current_member.record_activity(request, response)
            remember_browser(request, response)
            waits.tell_wrong_tries(request, member.user)
            return response
    elif form.is_bound:
        problem = problems(form)
    context = {
        "problem": problem,
        "pressed": "pressed" in request.GET,
        refused_forms.FIELD: request.POST.get(refused_forms.FIELD, ""),
    }
    return at_desk_page(request, return_url(request), context, chosen=form.chosen)


def at_desk_page(
    request: SharedDeskRequest,
    next_url: str,
    context: dict[str, object],
    *,
    chosen: Membership | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page that asks who is at the desk, or its content for the dialog."""
    desk = request.desk
    people = with_letters(member for member in who_may_act(desk.signed_in) if member.has_pin)
    context = {
        **context,
        "desk": desk,
        "people": people,
        "chosen": chosen or (desk.previous if desk.acting is None else None),
        "next": next_url,
    }
    template = "shared_desk/_at_desk.html" if request.htmx else "shared_desk/at_desk.html"
    return render(request, template, context, status=status)


@require_POST
def lock(request: SharedDeskRequest) -> HttpResponse:
    """Lock the desk until a member types their PIN or password."""
    current_member.lock(request)
    security_log.record(SecurityEvent.Kind.LOCKED)
    return HttpResponseRedirect(at_desk_url(return_url(request)))


@require_safe
def report_activity(request: SharedDeskRequest) -> HttpResponse:
    """Answer the script that reports typing or scrolling. The middleware records the activity."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "pin", "again")
def own_pin(request: SharedDeskRequest) -> HttpResponse:
    """Let the acting member set or change their PIN."""
    member = request.desk.acting
    assert member is not None
    form = PinForm(request.POST or None)
    if form.is_valid():
        origin = origin_of(request)
        try:
            if pins.verify_password(member, form.cleaned_data["password"], origin):
                pins.set_pin(member, form.cleaned_data["pin"])
                security_log.record(SecurityEvent.Kind.PIN_SET, account_id=member.user_id)
                if not request.desk.is_by_password:
                    current_member.switch_to(request, member, by_password=False)
                messages.success(request, _("Your PIN is set. It works at every desk."))
                return HttpResponseRedirect(resolve_url("home"))
            wait = rate_limit.standing(member.user.username, origin).wait
            problem = wait_message(member, wait) if wait else _("That is not the password.")
        except TooManyTries as refused:
            problem = wait_message(member, refused.wait)
        form.add_error("password", problem)
    return render(request, "shared_desk/own_pin.html", {"form": form, "member": member})


def record_change_of_person(desk: Desk, member: Membership, *, by_password: bool) -> None:
    """Record that the member unlocked the desk, or took it over from another member."""
    kinds = SecurityEvent.Kind
    security_log.record(
        kinds.UNLOCKED if desk.acting is None else kinds.TOOK_OVER,
        account_id=member.user_id,
        actor_id=member.user_id,
        detail="password" if by_password else "pin",
    )


def verification_problem(member: Membership, secret: str, origin: Origin) -> str:
    """Return why the secret was not accepted, or an empty text if it is right."""
    try:
        if pins.verify(member, secret, origin):
            return ""
    except TooManyTries as refused:
        return wait_message(member, refused.wait)
    standing = rate_limit.standing(member.user.username, origin)
    if standing.wait:
        return wait_message(member, standing.wait)
    return wrong_secret_message(member, secret, standing.tries_left)


def wrong_secret_message(member: Membership, secret: str, left: int) -> str:
    if member.has_pin and secret.isdigit():
        problem = _("That is not %(name)s’s PIN.") % {"name": member.name}
    else:
        problem = _("That is not %(name)s’s password.") % {"name": member.name}
    tries = ngettext("%(left)d try left.", "%(left)d tries left.", left) % {"left": left}
    return f"{problem} {tries}"


def wait_message(member: Membership, wait: timedelta) -> str:
    """Return the text with the time to wait. It names owners if one can unlock the member."""
    text = _("Too many wrong tries: %(name)s can try again in %(time)s. Other people can continue.")
    if member.other_owners.exists():
        text = f"{text} " + _("An owner can unlock %(name)s.")
    return text % {"name": member.name, "time": waits.in_words(wait)}


# --- Redirects ------------------------------------------------------------------------------------


def at_desk_url(next_url: str, *, pressed: bool = False) -> str:
    """Return the URL of the page `at_desk`, which explains a refused button if `pressed` is set."""
    params = {"next": next_url} | ({"pressed": "1"} if pressed else {})
    return f"{resolve_url('at_desk')}?{urlencode(params)}"


def redirect_to(request: SharedDeskRequest, url: str) -> HttpResponse:
    """Redirect the whole page. htmx would swap the target of a plain redirect into the page."""
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)


def return_url(request: HttpRequest, *, without_search: bool = False) -> str:
    """Return the URL in `next` if it is of this site, otherwise the home page.

    `without_search` removes the search of the previous member.
    """
    next_url = request.POST.get("next") or request.GET.get("next") or ""
    url = safe_next_url(request, next_url, otherwise="home")
    if not without_search:
        return url
    parts = urlsplit(url)
    query = QueryDict(mutable=True)
    for name, value in parse_qsl(parts.query):
        if name not in ("q", "after"):
            query.appendlist(name, value)
    return parts._replace(query=query.urlencode()).geturl()
