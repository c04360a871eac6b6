"""The views that merge two records of one person, and undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from purchases import operations, queries
from purchases.access import DeskRequest, client_to_edit_or_404, merge_or_404
from purchases.actions import bad_request
from purchases.clients.forms import FindRecordForm, MergeForm, UndoMergeForm, versions
from purchases.clients.views import page_of, shows_a_form
from purchases.forms import is_new_client_request, problems
from purchases.models import Client, Refusal


@dataclass(frozen=True)
class Choice:
    """A value of both records, and the one that stays unless the person chooses another."""

    name: str
    label: str
    kept: str
    other: str
    stays: str

    @property
    def differs(self) -> bool:
        return self.kept != self.other


@shows_a_form
def merge_client(request: DeskRequest, client_id: UUID) -> HttpResponse:
    """Choose the other record by a search, compare the two, and merge it into this client."""
    client = client_to_edit_or_404(request, client_id, but_merged=request.method != "POST")
    if request.method != "POST":
        return _choice_page(request, client)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _page(request, client, problem=problems(form), status=400)
    other = client_to_edit_or_404(request, form.cleaned_data["other"], but_merged=False)
    is_new = is_new_client_request(form.command.request_id)
    try:
        if is_new and form.cleaned_data["seen"] != _seen(client, other):
            raise operations.Refused(Refusal.CLIENT_CHANGED)
        done = operations.merge_client(
            member=request.member, client=client, other=other, command=form.command
        )
    except operations.Refused as refusal:
        return _page(request, client, other=other, problem=str(refusal), status=409)
    context = {"name": other.full_name, "event_id": done.event_id, "here": page_of(client)}
    messages.success(request, render_to_string("clients/_merged.html", context, request))
    return HttpResponseRedirect(page_of(client))


@require_POST
def undo_merge(request: DeskRequest, event_id: int) -> HttpResponse:
    event = merge_or_404(request, event_id)
    form = UndoMergeForm(request.POST)
    if not form.is_valid():
        return bad_request(request, form)
    kept = client_to_edit_or_404(request, event.other_client_id, but_merged=False)
    try:
        operations.undo_merge(member=request.member, event=event, command=form.command)
    except operations.Refused as refusal:
        context = {"client": kept, "problem": str(refusal), "here": page_of(kept)}
        return render(request, "clients/merge_refused.html", context, status=409)
    messages.success(request, gettext("Undone: there are two clients again."))
    return HttpResponseRedirect(page_of(kept))


def _choice_page(request: DeskRequest, client: Client) -> HttpResponse:
    form = FindRecordForm(request.GET)
    if not form.is_valid():
        return bad_request(request, form)
    if other_id := form.cleaned_data["other"]:
        other = client_to_edit_or_404(request, other_id)
        return _page(request, client, other=other if other != client else None)
    return _page(request, client, q=form.cleaned_data["q"])


def _page(
    request: DeskRequest,
    client: Client,
    *,
    other: Client | None = None,
    q: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the search, or both records side by side. Nothing was changed."""
    context: dict[str, Any] = {
        "client": client,
        "other": other,
        "here": page_of(client),
        "problem": problem,
        "q": q,
    }
    if other:
        context |= {"choices": _choices(client, other), "seen": _seen(client, other)}
        context["packs"] = client.purchases.count(), other.purchases.count()
    else:
        context["found"] = queries.find_clients(org_id=client.org_id, q=q, but=client.pk)
        context["alike"] = queries.alike_clients(
            org_id=client.org_id,
            full_name=client.full_name,
            email=client.email,
            phone=client.phone,
            but=client.pk,
        )
    return render(request, "clients/merge.html", context, status=status)


def _choices(client: Client, other: Client) -> list[Choice]:
    labels = {
        "full_name": gettext("Name"),
        "email": gettext("E-mail"),
        "phone": gettext("Phone"),
        "notes": gettext("Note"),
    }
    choices = []
    for name, label in labels.items():
        kept, of_other = getattr(client, name) or "", getattr(other, name) or ""
        stays = "both" if name == "notes" and kept and of_other else "kept" if kept else "other"
        choices.append(Choice(name, label, kept, of_other, stays))
    return choices


def _seen(client: Client, other: Client) -> str:
    return f"{versions(client)}-{versions(other)}"
