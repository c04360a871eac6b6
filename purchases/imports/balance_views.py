"""The grid for balances that no file has: sessions left and the last day, for each client."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from purchases.access import DeskRequest, allow, import_or_404
from purchases.forms import problems
from purchases.imports import worker
from purchases.imports.balances import MAX_CLIENTS, clients_without_packs, save_balances
from purchases.imports.drafts import Studio
from purchases.imports.forms import BalancesForm
from purchases.models import Client, Import, Offer
from purchases.operations import Refused


class OfImportForm(forms.Form):
    of = forms.UUIDField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def import_balances(request: DeskRequest) -> HttpResponse:
    """Show the grid, or store what was typed as one import and start to write it."""
    allow(request, "administer")
    of = OfImportForm(request.GET)
    chosen = of.cleaned_data["of"] if of.is_valid() else None
    imported = import_or_404(request, chosen) if chosen else None
    clients = list(clients_without_packs(request.member.org_id, imported)[: MAX_CLIENTS + 1])
    more, clients = len(clients) > MAX_CLIENTS, clients[:MAX_CLIENTS]
    if request.method != "POST":
        return _page(request, clients, more, imported)
    # A retry after the write sends clients who have a pack by then.
    sent = [UUID(n[5:]) for n in request.POST if n.startswith("left-") and _is_uuid(n[5:])]
    form = BalancesForm(request.POST, client_ids=sent[:MAX_CLIENTS])
    if not form.is_valid():
        return _page(request, clients, more, imported, problem=problems(form))
    data = form.cleaned_data
    try:
        saved, plan = save_balances(
            member=request.member,
            studio=Studio.of(request.member),
            import_id=data["import_id"],
            pack=data["pack"],
            sessions=data["sessions"],
            balances=form.balances,
        )
    except Refused as refusal:
        return _page(request, clients, more, imported, problem=str(refusal), status=409)
    if saved is None:
        wrong = {str(form.balances[line.number - 1][0]): line.text for line in plan.cannot}
        problem = plan.cannot[0].text
        return _page(request, clients, more, imported, problem=problem, wrong=wrong)
    worker.begin(saved)
    return redirect("purchases:import_detail", saved.pk)


def _page(
    request: DeskRequest,
    clients: list[Client],
    more: bool,
    imported: Import | None,
    *,
    problem: str = "",
    wrong: dict[str, str] | None = None,
    status: int = 400,
) -> HttpResponse:
    typed = request.POST
    rows: list[dict[str, Any]] = [
        {
            "client": client,
            "left": typed.get(f"left-{client.pk}", ""),
            "until": typed.get(f"until-{client.pk}", ""),
            "wrong": (wrong or {}).get(str(client.pk), ""),
        }
        for client in clients
    ]
    offers = Offer.objects.filter(org_id=request.member.org_id, sessions_included__isnull=False)
    context = {
        "rows": rows,
        "more": more,
        "imported": imported,
        "import_id": typed.get("import_id") or uuid4(),
        "pack": typed.get("pack", ""),
        "sessions": typed.get("sessions", ""),
        "packs": sorted(set(offers.values_list("name", flat=True)))[:MAX_CLIENTS],
        "problem": problem,
    }
    return render(request, "imports/balances.html", context, status=status if problem else 200)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
