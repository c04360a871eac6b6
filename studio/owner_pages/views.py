"""The page *Studio*: the settings and the allowances of a studio, and its shared desk."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from purchases.models import Org
from studio.accounts.password_gate import closed_page
from studio.accounts.permissions import Role
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.models import Membership, Pin
from studio.owner_pages import allowances_form as allowances
from studio.owner_pages.allowances_form import AllowancesForm, save_allowances
from studio.owner_pages.settings_form import SettingsForm, save_settings, settings_of
from studio.owner_pages.stale import LOADED, ChangedSince, dumped, loaded_from

# The values of the field `part`: which of the two forms was sent.
ALLOWANCES = "allowances"


@require_http_methods(["GET", "HEAD", "POST"])
def studio_settings(request: SharedDeskRequest) -> HttpResponse:
    if closed := closed_page(request, _("Studio")):
        return closed
    org = request.member.org
    if request.method != "POST":
        return page(request, org)
    if request.POST.get("part") == ALLOWANCES:
        return post_allowances(request, org)
    return post_settings(request, org)


def post_settings(request: SharedDeskRequest, org: Org) -> HttpResponse:
    form = settings_form(org, request.POST)
    loaded = loaded_from(request.POST.get(LOADED, ""))
    if not form.is_valid():
        return page(request, org, settings=form, loaded=loaded, status=400)
    typed = form.cleaned_data
    try:
        save_settings(org, typed, loaded, user_id=request.member.user_id)
    except ChangedSince as stale:
        again = settings_form(org, initial=stale.merged(typed))
        changed = [
            (form[name].label, form.in_words(name, stale.current[name])) for name in stale.names
        ]
        context = {"changed_settings": changed}
        return page(request, org, settings=again, context=context, status=409)
    # The next page is in the new language.
    with translation.override(typed["language"] or translation.get_language()):
        messages.success(request, _("The settings are saved."))
    return HttpResponseRedirect(resolve_url("studio_settings"))


def post_allowances(request: SharedDeskRequest, org: Org) -> HttpResponse:
    loaded = loaded_from(request.POST.get(LOADED, ""))
    reasons = allowances.reasons_of(allowances.limits_of(org))
    form = AllowancesForm(request.POST, reasons=reasons)
    if not form.is_valid():
        return page(request, org, limits=form, loaded_limits=loaded, status=400)
    try:
        save_allowances(org, form.limits, loaded, user_id=request.member.user_id)
    except ChangedSince as stale:
        return page(
            request,
            org,
            limits=stale_limits(form, stale),
            status=409,
            context={"allowances_changed": True},
        )
    messages.success(request, _("The allowances are saved."))
    return HttpResponseRedirect(resolve_url("studio_settings"))


def stale_limits(form: AllowancesForm, stale: ChangedSince) -> AllowancesForm:
    """Return the form with the lines that the person changed, and the stored other lines."""
    limits = {
        reason: form.limits.get(reason)
        if form.limits.get(reason) != stale.loaded.get(reason)
        else stale.current.get(reason)
        for reason in form.reasons
    }
    merged = {reason: limit for reason, limit in limits.items() if limit is not None}
    return AllowancesForm(initial=allowances.initial(merged, form.reasons), reasons=form.reasons)


def page(
    request: SharedDeskRequest,
    org: Org,
    *,
    settings: SettingsForm | None = None,
    loaded: dict[str, Any] | None = None,
    limits: AllowancesForm | None = None,
    loaded_limits: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page. A form that is not given shows what is stored."""
    stored, stored_limits = settings_of(org), allowances.limits_of(org)
    reasons = allowances.reasons_of(stored_limits)
    limits = limits or AllowancesForm(
        initial=allowances.initial(stored_limits, reasons), reasons=reasons
    )
    page_context = {
        "form": settings or settings_form(org, initial=stored),
        "loaded": dumped(stored if loaded is None else loaded),
        "limits": limits,
        "loaded_limits": dumped(stored_limits if loaded_limits is None else loaded_limits),
        "colleagues": colleagues(org),
        **(context or {}),
    }
    return render(request, "studio/settings.html", page_context, status=status)


def settings_form(org: Org, data: Any = None, *, initial: Any = None) -> SettingsForm:
    zone = settings_of(org)["time_zone"] if initial is None else initial["time_zone"]
    return SettingsForm(data, initial=initial, org=org, zone=zone)


def colleagues(org: Org) -> QuerySet[Membership]:
    """Return the people who can act at a shared desk, with whether they have a PIN."""
    members = Membership.usable().filter(org=org)
    return (
        members.exclude(role=Role.ACCOUNTANT_READONLY)
        .select_related("user")
        .annotate(uses_pin=Exists(Pin.objects.filter(membership=OuterRef("pk"))))
        .order_by("user__first_name", "user__username")
    )
