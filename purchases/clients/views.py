"""The views that add and edit a client. GET shows the form; POST acts and returns to the client."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from purchases import operations, queries
from purchases.access import DeskRequest, allow, client_to_edit_or_404
from purchases.client_blocks import url_of_sale
from purchases.clients.forms import RULES, ClientForm, versions
from purchases.clients.stale import StaleForm, stale_form
from purchases.forms import is_new_client_request, problems
from purchases.models import Client, Refusal

shows_a_form = require_http_methods(["GET", "HEAD", "POST"])


@shows_a_form
def add_client(request: DeskRequest) -> HttpResponse:
    allow(request, "edit_clients")
    form = ClientForm(request.POST)
    if request.method != "POST":
        return _form_page(request, None, _named(request.GET.get("name", "")))
    typed = _typed(request)
    if not form.is_valid():
        return _form_page(request, None, typed, problem=problems(form), status=400)
    values = form.values
    alike = [] if form.cleaned_data["anyway"] else _alike(request, form)
    # A double click finds the client of the first one.
    if alike and is_new_client_request(form.add.request_id):
        return _form_page(request, None, typed, alike=alike, status=409)
    try:
        client = operations.add_client(member=request.member, command=form.add)
    except Client.DoesNotExist:
        raise Http404 from None
    except operations.Refused as refusal:
        return _form_page(request, None, typed, problem=str(refusal), status=409)
    context = {"name": values.full_name, "sell_url": sell_url(client.pk, request)}
    messages.success(request, render_to_string("clients/_added.html", context))
    return HttpResponseRedirect(page_of(client))


@shows_a_form
def edit_client(request: DeskRequest, client_id: UUID) -> HttpResponse:
    client = client_to_edit_or_404(request, client_id)
    if request.method != "POST":
        return _form_page(request, client, _stored(client))
    form, typed = ClientForm(request.POST, client), _typed(request)
    if not form.is_valid():
        return _form_page(request, client, typed, problem=problems(form), status=400)
    command = form.edit
    is_new = is_new_client_request(command.request_id)
    is_done = is_new and command.values == command.before
    stale = None
    try:
        if is_new and not is_done:
            stale = stale_form(client, form.cleaned_data["seen"], typed)
        if stale:
            raise operations.Refused(Refusal.CLIENT_CHANGED)
        if not is_done:
            operations.edit_client(member=request.member, client=client, command=command)
    except operations.Refused as refusal:
        stale = stale or stale_form(client, form.cleaned_data["seen"], typed)
        page: dict[str, Any] = {"problem": str(refusal), "stale": stale, "status": 409}
        return _form_page(request, client, stale.values if stale else typed, **page)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(page_of(client))


def page_of(client: Client) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def sell_url(client_id: UUID, request: DeskRequest) -> str:
    """Return the URL that sells to the client, or "" if the member may not sell."""
    page = url_of_sale(request.member)
    return page and f"{page}?client={client_id}"


def _alike(request: DeskRequest, form: ClientForm) -> list[queries.AlikeClient]:
    values = form.values
    return queries.alike_clients(
        org_id=request.member.org_id,
        full_name=values.full_name,
        email=values.email,
        phone=values.phone,
    )


def _typed(request: DeskRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in RULES}


def _stored(client: Client) -> dict[str, str]:
    return {name: getattr(client, name) or "" for name in RULES}


def _named(words: str) -> dict[str, str]:
    """Return the values of a form for the words of a search without a match."""
    words = words.strip()[:200]
    is_number = words.strip("+0123456789 ()-/.") == "" and any(map(str.isdigit, words))
    field = "email" if "@" in words else "phone" if is_number else "full_name"
    return dict.fromkeys(RULES, "") | {field: words}


def _form_page(
    request: DeskRequest,
    client: Client | None,
    values: dict[str, str],
    *,
    problem: str = "",
    alike: list[queries.AlikeClient] | None = None,
    stale: StaleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the form with these values. Nothing was changed."""
    context = {
        "here": page_of(client) if client else reverse("purchases:purchase_list"),
        "client": client,
        "values": values,
        "problem": problem,
        "alike": alike or [],
        "stale": stale,
        "seen": versions(client) if client else "",
        "is_sent": request.method == "POST",
    }
    template = "clients/edit.html" if client else "clients/add.html"
    return render(request, template, context, status=status)
