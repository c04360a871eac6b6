"""The views of the form for a cancelled class: the preview, and giving the sessions back."""

import logging
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from purchases import operations
from purchases.access import (
    DeskRequest,
    allow,
    cancelled_class_or_404,
    new_or_own_cancelled_class,
)
from purchases.cancelled_class.forms import CheckForm, ReinstateAllForm
from purchases.cancelled_class.list_views import Step, list_response
from purchases.cancelled_class.matching import Matched, match
from purchases.cancelled_class.process import create_list, process_chunk
from purchases.cancelled_class.results import progress, recent_lists
from purchases.forms import problems
from purchases.models import SessionRequest

LOGGER = logging.getLogger("studio.desk")


@require_http_methods(["GET", "HEAD", "POST"])
def cancelled_class(request: DeskRequest) -> HttpResponse:
    """Show the form, or a preview of the people it names. Nothing is changed."""
    allow(request, "reinstate")
    form = CheckForm(request.POST) if request.method == "POST" else CheckForm()
    return _form(request, form, uuid4())


@require_POST
def reinstate_all(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """Store the list if it is new, and process its next chunk."""
    # The button that finishes a list sends no reason.
    load = new_or_own_cancelled_class if "reason" in request.POST else cancelled_class_or_404
    class_list = load(request, list_id)
    if class_list is None or "reason" in request.POST:
        form = ReinstateAllForm(request.POST)
        if not form.is_valid():
            return _form(request, form, list_id)
        fields = {name: form.cleaned_data[name] for name in ("reason", "note")}
        ticked = form.cleaned_data["purchase"]
        try:
            class_list, unknown = create_list(
                member=request.member, list_id=list_id, purchase_ids=ticked, **fields
            )
        except operations.Refused as refusal:
            LOGGER.info("cancelled class %s was refused: %s", list_id, refusal.code)
            if class_list := new_or_own_cancelled_class(request, list_id):
                return list_response(request, class_list, refused=refusal)
            return _form(request, form, list_id, refused=refusal)
        if unknown:
            messages.warning(request, _left_out(unknown))
    left_before = progress([class_list])[class_list.pk].left
    process_chunk(member=request.member, class_list=class_list)
    if not request.htmx:
        return redirect("purchases:cancelled_class_detail", class_list.pk)
    left = progress([class_list])[class_list.pk].left
    return list_response(request, class_list, Step("reinstate", left_before, left))


def _form(
    request: DeskRequest,
    form: CheckForm,
    list_id: UUID,
    refused: operations.Refused | None = None,
) -> HttpResponse:
    """Render the form, with a preview of the people if it was sent."""
    problem = refused or problems(form)
    if request.htmx and problem:
        # htmx keeps the form on the page and shows the problem in the note.
        return render(request, "400.html", {"problem": problem}, status=400)
    matched = _matched(request, form) if form.is_bound else None
    context = {
        "form": form,
        "matched": matched,
        "problem": problem,
        "list_id": list_id,
        "reasons": SessionRequest.Reason,
        "recent_lists": recent_lists(request.member.org_id),
    }
    status = 409 if refused else 400 if problem else 200
    template = "cancelled_class/_form.html" if request.htmx else "cancelled_class/form.html"
    return render(request, template, context, status=status)


def _matched(request: DeskRequest, form: CheckForm) -> Matched:
    """Return the matching clients. New packs are ticked if likely, others stay as they were."""
    fields: dict[str, Any] = form.cleaned_data
    ticked = fields.get("purchase", [])
    matched = match(
        org_id=request.member.org_id,
        named=fields.get("pasted", []),
        q=fields.get("q", ""),
        ticked=ticked,
    )
    matched.tick(ticked, shown=fields.get("shown", set()))
    return matched


def _left_out(unknown: int) -> str:
    if unknown == 1:
        return gettext("Your studio no longer has one of these packs. It was left out.")
    text = ngettext(
        "Your studio no longer has %(count)d of these packs. It was left out.",
        "Your studio no longer has %(count)d of these packs. They were left out.",
        unknown,
    )
    return text % {"count": unknown}
