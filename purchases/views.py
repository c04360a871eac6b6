"""The desk. Each view loads its row, makes one call and renders the answer."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from purchases import operations, queries
from purchases.access import DeskRequest, client_or_404, purchase_or_404
from purchases.forms import ActForm, ListForm
from purchases.models import Client, Purchase


@require_safe
@vary_on_headers("HX-Request")
def purchase_list(request: DeskRequest) -> HttpResponse:
    form = ListForm(request.GET)
    if not form.is_valid():
        return _bad_request(request, form)
    asked = form.cleaned_data
    context = {
        "page": queries.desk_page(org_id=request.member.org_id, **asked),
        "q": asked["q"],
        "state": asked["state"],
        "after": asked["after"],
        "states": Purchase.State,
        "here": request.get_full_path(),
        "may_act": request.member.may("reinstate"),
    }
    template = "purchases/_purchase_list.html" if request.htmx else "purchases/purchase_list.html"
    return render(request, template, context)


def client_detail(request: DeskRequest, client_id: UUID) -> HttpResponse:
    client = client_or_404(request, client_id)
    return _client_page(request, client)


def reinstate(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="reinstate")
    return _act(request, purchase, operations.reinstate, "purchases/_reinstated.html")


def use(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="use")
    return _act(request, purchase, operations.use, "purchases/_used.html")


# The verb is looked at after the row was loaded: a stranger's 404 comes before any 405.
@require_safe
def _client_page(request: DeskRequest, client: Client) -> HttpResponse:
    context = {
        "client": client,
        "purchases": queries.purchases_of(client),
        "here": request.get_full_path(),
        "may_act": request.member.may("reinstate"),
    }
    return render(request, "purchases/client_detail.html", context)


@require_POST
def _act(
    request: DeskRequest, purchase: Purchase, operation: Callable[..., int], done: str
) -> HttpResponse:
    """Change a count and answer with its row; `done` is the template that says what happened."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return _bad_request(request, form)
    refusal = None
    try:
        operation(
            member=request.member, purchase=purchase, request_id=form.cleaned_data["request_id"]
        )
    except operations.Refused as refused:
        refusal = refused
    here = form.cleaned_data["next"]
    if not url_has_allowed_host_and_scheme(here, {request.get_host()}, request.is_secure()):
        here = resolve_url("purchases:purchase_list")
    context = {
        "purchase": purchase,
        "here": here,
        "may_act": True,
        "refused": refusal is not None,
        "note": refusal or render_to_string(done, {"purchase": purchase}),
    }
    if request.htmx:
        template = "purchases/_answer.html"
    elif refusal:
        template = "purchases/purchase_refused.html"
    else:
        messages.success(request, context["note"])
        return redirect(here)
    return render(request, template, context, status=409 if refusal else 200)


def _bad_request(request: DeskRequest, form: ActForm | ListForm) -> HttpResponse:
    """What was sent could not be read: say what to do. Nothing was changed."""
    problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return render(request, "400.html", {"problem": problem}, status=400)
