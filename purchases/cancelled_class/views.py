"""A class was cancelled: who is meant, the press, and what came of it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purchases import operations
from purchases.access import (
    DeskRequest,
    allow,
    cancelled_class_or_404,
    new_or_own_cancelled_class,
)
from purchases.cancelled_class.forms import CheckForm, ReinstateAllForm
from purchases.cancelled_class.matching import Matched, match
from purchases.cancelled_class.process import create_list, process_chunk
from purchases.cancelled_class.results import latest, progress, results
from purchases.forms import problems
from purchases.models import CancelledClass, SessionRequest


@require_http_methods(["GET", "HEAD", "POST"])
def cancelled_class(request: DeskRequest) -> HttpResponse:
    """The empty form, or who is meant by what was filled in. Nothing is changed by either."""
    allow(request, "reinstate")
    form = CheckForm(request.POST) if request.method == "POST" else CheckForm()
    return _form(request, form, uuid4())


@require_safe
def cancelled_class_detail(request: DeskRequest, list_id: UUID) -> HttpResponse:
    return _detail(request, cancelled_class_or_404(request, list_id))


@require_POST
def reinstate_all(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """Write the list down, where it is not yet, and give the next sessions back."""
    # Without a reason it is the button that finishes the rest of a list.
    load = new_or_own_cancelled_class if "reason" in request.POST else cancelled_class_or_404
    written = load(request, list_id)
    if written is None or "reason" in request.POST:
        form = ReinstateAllForm(request.POST)
        if not form.is_valid():
            return _form(request, form, list_id)
        asked = {name: form.cleaned_data[name] for name in ("reason", "note")}
        ticked = form.cleaned_data["purchase"]
        try:
            written, unknown = create_list(
                member=request.member, list_id=list_id, purchase_ids=ticked, **asked
            )
        except operations.Refused as refusal:
            if written := new_or_own_cancelled_class(request, list_id):
                return _detail(request, written, refused=refusal)
            return _form(request, form, list_id, refused=refusal)
        if unknown:
            messages.warning(request, _left_out(unknown))
    before = progress([written])[written.pk]
    process_chunk(member=request.member, written=written)
    if not request.htmx:
        return redirect("purchases:cancelled_class_detail", written.pk)
    return _detail(request, written, left_before=before.left)


def _form(
    request: DeskRequest,
    form: CheckForm,
    list_id: UUID,
    refused: operations.Refused | None = None,
) -> HttpResponse:
    """The page to fill in, with what is filled in already and who that is."""
    problem = refused or problems(form)
    if request.htmx and problem:
        # The page stays as it is filled in; the note says what is missing.
        return render(request, "400.html", {"problem": problem}, status=400)
    matched = _matched(request, form) if form.is_bound else None
    context = {
        "form": form,
        "matched": matched,
        "problem": problem,
        "list_id": list_id,
        "reasons": SessionRequest.Reason,
        "latest": latest(request.member.org_id),
    }
    status = 409 if refused else 400 if problem else 200
    template = "cancelled_class/_form.html" if request.htmx else "cancelled_class/form.html"
    return render(request, template, context, status=status)


def _matched(request: DeskRequest, form: CheckForm) -> Matched:
    """Who is meant, each pack ticked as it was, or as it is likely where it was not seen yet."""
    asked: dict[str, Any] = form.cleaned_data
    ticked = asked.get("purchase", [])
    matched = match(
        org_id=request.member.org_id,
        named=asked.get("pasted", []),
        q=asked.get("q", ""),
        ticked=ticked,
    )
    matched.tick(ticked, shown=asked.get("shown", set()))
    return matched


def _detail(
    request: DeskRequest,
    written: CancelledClass,
    *,
    left_before: int | None = None,
    refused: operations.Refused | None = None,
) -> HttpResponse:
    """How far the list has come. Where this press brought it further, htmx presses again."""
    come = progress([written])[written.pk]
    goes_on = left_before is not None and 0 < come.left < left_before
    context = {
        "written": written,
        "progress": come,
        "goes_on": goes_on,
        "stuck": left_before is not None and not goes_on and come.left > 0,
        "refused": refused,
        "results": [] if goes_on else results(written),
    }
    template = "cancelled_class/detail.html"
    if request.htmx:
        to_progress = request.htmx.target == "progress"
        template = f"cancelled_class/_{'progress' if to_progress else 'detail'}.html"
    response = render(request, template, context, status=409 if refused else 200)
    if request.htmx:
        response["HX-Push-Url"] = reverse("purchases:cancelled_class_detail", args=[written.pk])
    return response


def _left_out(unknown: int) -> str:
    if unknown == 1:
        return gettext("Your studio no longer has one of these packs. It was left out.")
    text = ngettext(
        "Your studio no longer has %(count)d of these packs. It was left out.",
        "Your studio no longer has %(count)d of these packs. They were left out.",
        unknown,
    )
    return text % {"count": unknown}
