"""The view of a sale."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from purchases import operations, queries
from purchases.access import DeskRequest, allow, client_or_404, offer_or_404
from purchases.actions import bad_request
from purchases.forms import is_new, problems
from purchases.models import Client, Offer, PurchaseEvent
from purchases.responses import notice
from purchases.sales.filled import NewClientFields, new_client_fields, values_of
from purchases.sales.forms import ChooseForm, SellForm
from purchases.sales.in_words import sold_in_words
from purchases.sales.terms import PaidBy, offer_to_sell


@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: DeskRequest) -> HttpResponse:
    """Show the form, or sell an offer to a client or to a new one."""
    allow(request, "sell")
    chosen = ChooseForm(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" and not chosen.is_valid():
        return bad_request(request, chosen)
    client, offer = _chosen(request, chosen)
    form = SellForm(request.POST, offer=offer)
    if request.method != "POST":
        return _form_page(request, form, client, offer, q=chosen.cleaned_data["q"])
    if "fill" in request.POST or not form.is_filled:
        return _form_page(request, form, client, offer, fill=True)
    if not form.is_valid():
        problem = problems(form)
        return _form_page(request, form, client, offer, problem=problem, status=form.status)
    alike = _alike(request, form)
    if alike:
        return _form_page(request, form, client, offer, alike=alike, status=409)
    try:
        purchase = operations.sell(
            member=request.member, org_id=request.member.org_id, command=form.command
        )
    except operations.Refused as refusal:
        return _form_page(request, form, client, offer, problem=str(refusal), status=409)
    here = resolve_url("purchases:client_detail", purchase.client_id)
    messages.success(request, _sold(request, form.command.request_id, here))
    return redirect(here)


def _chosen(request: DeskRequest, form: ChooseForm) -> tuple[Client | None, Offer | None]:
    """Load the chosen client and offer. Raise Http404 for one of another org."""
    form.is_valid()
    client_id, offer_id = (form.cleaned_data.get(name) for name in ("client", "offer"))
    client = client_or_404(request, client_id, to="sell") if client_id else None
    offer = offer_or_404(request, offer_id, to="sell") if offer_id else None
    return client, offer


def _alike(request: DeskRequest, form: SellForm) -> list[queries.AlikeClient]:
    """Return the clients who may be the new one, unless the person has seen them. A retry of an
    accepted request finds the client that it added."""
    new = form.command.new_client
    if new is None or "anyway" in request.POST or not is_new(form.command.request_id):
        return []
    return queries.alike_clients(org_id=request.member.org_id, **asdict(new))


def _sold(request: DeskRequest, request_id: UUID, here: str) -> str:
    """Return the message about a sale. It comes from the event, so that a retry gets the first
    message."""
    event = PurchaseEvent.objects.select_related("client", "offer").get(request_id=request_id)
    return notice(request, "sold.html", here, event=event, what=sold_in_words(event))


def _form_page(
    request: DeskRequest,
    form: SellForm,
    client: Client | None,
    offer: Offer | None,
    *,
    q: str = "",
    fill: bool = False,
    problem: str = "",
    alike: list[queries.AlikeClient] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the form with what was posted. Nothing was sold.

    If `fill`, the offer fills the fields. Without JavaScript, the person checks them before the
    next press.
    """
    org_id, is_posted = request.member.org_id, request.method == "POST"
    current = [offer_to_sell(each) for each in queries.offers_of(org_id).current]
    new = NewClientFields.posted(request.POST) if is_posted else new_client_fields(q)
    found = queries.find_clients(org_id=org_id, q=q) if q else None
    context: dict[str, Any] = {
        "client": client,
        "offer": offer,
        "offers": current,
        "q": q,
        "found": found,
        "new": new,
        "paid_ways": PaidBy,
        "paid_by": request.POST.get("paid_by", ""),
        "note": request.POST.get("note", ""),
        "problem": problem,
        "alike": alike,
        "sell_to": f"{resolve_url('purchases:sell')}?offer={offer.pk}&client=" if offer else "",
        "check": fill and offer is not None,
        "values": values_of(form, offer, fills=fill or not is_posted),
        "here": resolve_url("purchases:client_detail", client.pk)
        if client
        else resolve_url("purchases:purchase_list"),
        "may_add_offers": request.member.may("administer"),
    }
    return render(request, "sales/sell.html", context, status=status)
