"""Who is at the desk?"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from purchases.forms import problems
from purchases.redirects import safe_next_url
from studio.accounts import pins
from studio.accounts.membership import Membership
from studio.accounts.shared_desk import current_member
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.shared_desk.forms import PinForm, WhoForm
from studio.accounts.shared_desk.people import who_may_act, with_letters


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("secret")
def at_desk(request: SharedDeskRequest) -> HttpResponse:
    """The people with a code: choose one, type it, and go on where the desk was."""
    desk = request.desk
    form = WhoForm(request.POST or None, signed_in=desk.signed_in)
    problem = ""
    if form.is_valid():
        member, secret = form.cleaned_data["who"], form.cleaned_data["secret"]
        by_password = not pins.is_pin_attempt(member, secret)
        if not (problem := verification_problem(member, secret)):
            here = page_to_go_on(
                request, forget=desk.previous is None or member.pk != desk.previous.pk
            )
            current_member.switch_to(request, member, by_password=by_password)
            response = go_on_to(request, here)
            current_member.record_activity(request, response)
            return response
    elif form.is_bound:
        problem = problems(form)
    people = with_letters(member for member in who_may_act(desk.signed_in) if member.pin)
    context = {
        "desk": desk,
        "people": people,
        "chosen": form.chosen or (desk.previous if desk.acting is None else None),
        "problem": problem,
        "next": page_to_go_on(request),
        "pressed": "pressed" in request.GET,
    }
    template = "shared_desk/_at_desk.html" if request.htmx else "shared_desk/at_desk.html"
    return render(request, template, context)


@require_POST
def lock(request: SharedDeskRequest) -> HttpResponse:
    """Nobody acts until somebody says who they are."""
    current_member.lock(request)
    return HttpResponseRedirect(ask_who(page_to_go_on(request)))


@require_safe
def here(request: SharedDeskRequest) -> HttpResponse:
    """Somebody types or scrolls on a page that is open: the middleware takes note of it."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code", "again")
def own_pin(request: SharedDeskRequest) -> HttpResponse:
    """Who acts chooses a code, or another one."""
    member = request.desk.acting
    assert member is not None
    form = PinForm(request.POST or None)
    if form.is_valid():
        try:
            if pins.verify_password(member, form.cleaned_data["password"]):
                pins.set_pin(member, form.cleaned_data["code"])
                if not request.desk.is_by_password:
                    current_member.switch_to(request, member, by_password=False)
                messages.success(request, _("Your PIN is set. It works at every desk."))
                return HttpResponseRedirect(resolve_url("home"))
            problem = locked_out(member) if member.is_locked_out else _("That is not the password.")
        except pins.LockedOut:
            problem = locked_out(member)
        form.add_error("password", problem)
    return render(request, "shared_desk/own_pin.html", {"form": form, "member": member})


def verification_problem(member: Membership, secret: str) -> str:
    """Empty where it is them."""
    try:
        if pins.verify(member, secret):
            return ""
    except pins.LockedOut:
        pass
    return locked_out(member) if member.is_locked_out else not_it(member, secret)


def not_it(member: Membership, secret: str) -> str:
    left = pins.tries_left(member)
    if member.pin and secret.isdigit():
        said = _("That is not %(name)s’s PIN.") % {"name": member.name}
    else:
        said = _("That is not %(name)s’s password.") % {"name": member.name}
    tries = ngettext("%(left)d try left.", "%(left)d tries left.", left) % {"left": left}
    return f"{said} {tries}"


def locked_out(member: Membership) -> str:
    until = timezone.localtime(member.locked_until or timezone.now())
    return _(
        "%(name)s is locked out until %(time)s. Other people can continue. An owner can unlock it."
    ) % {
        "name": member.name,
        "time": date_format(until, "H:i"),
    }


# --- Where it goes on -----------------------------------------------------------------------------


def ask_who(here: str, *, pressed: bool = False) -> str:
    asked = {"next": here} | ({"pressed": "1"} if pressed else {})
    return f"{resolve_url('at_desk')}?{urlencode(asked)}"


def go_on_to(request: SharedDeskRequest, page: str) -> HttpResponse:
    """htmx puts an answer into the page that is there: it has to be told to leave that."""
    return HttpResponseClientRedirect(page) if request.htmx else HttpResponseRedirect(page)


def page_to_go_on(request: HttpRequest, *, forget: bool = False) -> str:
    """The page of this site that `next` names. What one person searched for, the next one does
    not find there."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = safe_next_url(request, asked, otherwise="home")
    if not forget:
        return here
    parts = urlsplit(here)
    query = QueryDict(mutable=True)
    for name, value in parse_qsl(parts.query):
        if name not in ("q", "after"):
            query.appendlist(name, value)
    return parts._replace(query=query.urlencode()).geturl()
