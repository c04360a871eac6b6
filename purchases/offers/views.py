"""The views of offers: the list, and the forms that add, change, retire and bring back an offer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purchases import operations, queries
from purchases.access import DeskRequest, allow, offer_or_404
from purchases.actions import bad_request
from purchases.currencies import typed_amount
from purchases.forms import problems
from purchases.models import Offer
from purchases.offers.changes import changes_of
from purchases.offers.forms import CopyForm, OfferForm, RetireForm
from purchases.operations.offers import last_offer_event
from purchases.responses import notice

# The currency of the shared tables.
DEFAULT_CURRENCY = str(Offer._meta.get_field("currency").db_default)
FIELDS = ["name", "offer_type", "price", "sessions", "bonus", "valid_days"]

shows_a_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def offer_list(request: DeskRequest) -> HttpResponse:
    allow(request, "administer")
    offers = queries.offers_of(request.member.org_id)
    return render(request, "offers/list.html", {"offers": offers, "here": request.get_full_path()})


@shows_a_form
def add_offer(request: DeskRequest) -> HttpResponse:
    allow(request, "administer")
    copy = CopyForm(request.GET)
    if not copy.is_valid():
        return bad_request(request, copy)
    copied_id = copy.cleaned_data["copy"]
    copied = offer_or_404(request, copied_id, to="administer") if copied_id else None
    form = OfferForm(request.POST, currency=copied.currency if copied else _currency(request))
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, copied or Offer(), is_new=True)
    try:
        offer = operations.add_offer(member=request.member, command=form.command)
    except operations.Refused as refusal:
        return _form_page(request, form, copied or Offer(), is_new=True, refused=refusal)
    return _to_the_list(request, "offer_added.html", offer=str(offer))


@shows_a_form
def edit_offer(request: DeskRequest, offer_id: UUID) -> HttpResponse:
    offer = offer_or_404(request, offer_id, to="administer")
    form = OfferForm(request.POST, currency=offer.currency)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, offer)
    try:
        operations.edit_offer(
            member=request.member,
            offer=offer,
            command=form.command,
            seen=form.cleaned_data["seen"] or 0,
        )
    except operations.Refused as refusal:
        return _form_page(request, form, offer, refused=refusal)
    return _to_the_list(request, "offer_edited.html", offer=form.command.name)


@require_POST
def retire_offer(request: DeskRequest, offer_id: UUID) -> HttpResponse:
    """Retire an offer, or bring it back. The message offers the opposite as Undo."""
    offer = offer_or_404(request, offer_id, to="administer")
    form = RetireForm(request.POST)
    if not form.is_valid():
        return bad_request(request, form)
    try:
        operations.retire_offer(member=request.member, offer=offer, command=form.command)
    except operations.Refused as refusal:
        return render(request, "400.html", {"problem": str(refusal)}, status=409)
    template = "offer_restored.html" if form.command.is_active else "offer_retired.html"
    undo = reverse("purchases:retire_offer", args=[offer.pk])
    return _to_the_list(request, template, offer=str(offer), undo=undo)


def _to_the_list(request: DeskRequest, template: str, **values: object) -> HttpResponse:
    """Redirect to the list, which shows a message."""
    here = reverse("purchases:offer_list")
    messages.success(request, notice(request, template, here, **values))
    return redirect(here)


def _currency(request: DeskRequest) -> str:
    """Return the currency of a new offer."""
    member = request.member
    return member.currency or queries.usual_currency(member.org_id) or DEFAULT_CURRENCY


def _form_page(
    request: DeskRequest,
    form: OfferForm,
    offer: Offer,
    *,
    is_new: bool = False,
    refused: operations.Refused | None = None,
) -> HttpResponse:
    """Render the form with what was posted, or with the terms of the offer. Nothing was saved.

    If the offer has changed since the person opened it, the form has the values of today.
    """
    is_posted = request.method == "POST"
    is_stale = refused is not None and refused.code == "offer_changed"
    context: dict[str, Any] = {
        "offer": offer,
        "is_new": is_new,
        "here": reverse("purchases:offer_list"),
        "currency": form.currency.upper(),
        "types": Offer.Type,
        "problem": "",
        "seen": 0 if is_new else last_offer_event(offer),
        "changes": [] if is_new else changes_of(queries.offer_events(offer)),
        **(_typed(request) if is_posted and not is_stale else _terms(offer, form.currency)),
    }
    if is_posted:
        context["problem"] = str(refused) if refused else problems(form)
    status = 409 if refused else 400 if is_posted else 200
    return render(request, "offers/form.html", context, status=status)


def _typed(request: DeskRequest) -> dict[str, str]:
    return {field: request.POST.get(field, "") for field in FIELDS}


def _terms(offer: Offer, currency: str) -> dict[str, object]:
    """Return the terms of an offer as values of the fields."""
    is_empty = not offer.name
    return {
        "name": offer.name,
        "offer_type": offer.offer_type or Offer.Type.SESSION_PACK,
        "price": "" if is_empty else typed_amount(offer.price_cents, currency),
        "sessions": offer.sessions_included,
        "bonus": None if is_empty else offer.bonus_sessions,
        "valid_days": offer.pack_validity_days,
    }
