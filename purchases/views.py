"""The desk. Each view loads its row, makes one call and renders the answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap, retarget

from purchases import operations, queries
from purchases.access import DeskRequest, client_or_404, purchase_or_404
from purchases.forms import ActForm, ListForm
from purchases.models import Purchase


@require_safe
@vary_on_headers("HX-Request")
def purchase_list(request: DeskRequest) -> HttpResponse:
    form = ListForm(request.GET)
    if not form.is_valid():
        return _bad_request(request, form)
    page = queries.desk_page(org_id=request.member.org_id, **form.cleaned_data)
    template = "purchases/_purchase_list.html" if request.htmx else "purchases/purchase_list.html"
    context = {
        "page": page,
        "q": form.cleaned_data["q"],
        "state": form.cleaned_data["state"],
        "states": Purchase.State,
        "here": request.get_full_path(),
    }
    return render(request, template, context)


@require_safe
def client_detail(request: DeskRequest, client_id: UUID) -> HttpResponse:
    client = client_or_404(request, client_id)
    context = {
        "client": client,
        "purchases": queries.purchases_of(client),
        "here": request.get_full_path(),
    }
    return render(request, "purchases/client_detail.html", context)


@require_POST
def reinstate(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="reinstate")
    form = ActForm(request.POST)
    if not form.is_valid():
        return _bad_request(request, form)
    try:
        operations.reinstate(
            member=request.member, purchase=purchase, request_id=form.cleaned_data["request_id"]
        )
    except operations.Refused as refusal:
        return _refused(request, purchase, form, refusal)
    return _done(request, purchase, form, "purchases/_reinstated.txt")


@require_POST
def use(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="use")
    form = ActForm(request.POST)
    if not form.is_valid():
        return _bad_request(request, form)
    try:
        operations.use(
            member=request.member, purchase=purchase, request_id=form.cleaned_data["request_id"]
        )
    except operations.Refused as refusal:
        return _refused(request, purchase, form, refusal)
    return _done(request, purchase, form, "purchases/_used.txt")
