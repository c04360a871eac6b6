"""The views of a list of a cancelled class: its results, its undo, and its expired packs."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from purchases import operations
from purchases.access import DeskRequest, cancelled_class_or_404
from purchases.cancelled_class.extend import extend_chunk, packs_to_extend
from purchases.cancelled_class.forms import ExtendAllForm
from purchases.cancelled_class.results import Progress, Result, progress, results
from purchases.cancelled_class.undo import can_undo, lines_to_undo, undo_chunk
from purchases.forms import EXTENSIONS, problems
from purchases.models import CancelledClass


@dataclass(frozen=True)
class Step:
    """A chunk of the list that this request did. htmx sends the next one if `goes_on` is set."""

    name: Literal["reinstate", "undo", "extend"]
    left_before: int
    left: int
    # The fields of the form, which the next request repeats.
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def goes_on(self) -> bool:
        return 0 < self.left < self.left_before

    @property
    def is_stuck(self) -> bool:
        return self.left > 0 and not self.goes_on


@require_safe
def cancelled_class_detail(request: DeskRequest, list_id: UUID) -> HttpResponse:
    return list_response(request, cancelled_class_or_404(request, list_id))


@require_POST
def undo_all(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """Undo the next chunk of the list."""
    class_list, member = cancelled_class_or_404(request, list_id, to="undo"), request.member
    left_before = undo_chunk(member=member, class_list=class_list)
    if not request.htmx:
        return redirect("purchases:cancelled_class_detail", class_list.pk)
    left = lines_to_undo(member, class_list, results(class_list, member))
    return list_response(request, class_list, Step("undo", left_before, len(left)))


@require_POST
def extend_all(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """Extend the next chunk of the expired packs of the list."""
    class_list, member = cancelled_class_or_404(request, list_id, to="extend"), request.member
    form = ExtendAllForm(request.POST, note_required=member.must_give_reason)
    if not form.is_valid():
        return render(request, "400.html", {"problem": problems(form)}, status=400)
    left_before = extend_chunk(member=member, class_list=class_list, **form.extension)
    if not request.htmx:
        return redirect("purchases:cancelled_class_detail", class_list.pk)
    left = packs_to_extend(member, results(class_list, member))
    step = Step("extend", left_before, len(left), form.extension)
    return list_response(request, class_list, step)


def list_response(
    request: DeskRequest,
    class_list: CancelledClass,
    step: Step | None = None,
    *,
    refused: operations.Refused | None = None,
) -> HttpResponse:
    """Render the progress of the list, and its results unless the step goes on."""
    goes_on = step is not None and step.goes_on
    line_results = [] if goes_on else results(class_list, request.member)
    current = progress([class_list])[class_list.pk]
    url = reverse("purchases:cancelled_class_detail", args=[class_list.pk])
    context = {
        "class_list": class_list,
        "progress": current,
        "step": step,
        "going_on": step.name if step and goes_on else None,
        "refused": refused,
        "results": line_results,
        "can_undo": can_undo(line_results),
        "expired": _expired_count(request, step, current, line_results),
        "extensions": EXTENSIONS,
        "must_give_reason": request.member.must_give_reason,
        "here": url,
    }
    template = "cancelled_class/detail.html"
    if request.htmx:
        to_progress = request.htmx.target == "progress"
        template = f"cancelled_class/_{'progress' if to_progress else 'detail'}.html"
    response = render(request, template, context, status=409 if refused else 200)
    if request.htmx:
        response["HX-Push-Url"] = url
    return response


def _expired_count(
    request: DeskRequest, step: Step | None, current: Progress, line_results: list[Result]
) -> int:
    """Return the number of packs that the page offers to extend, once the list is finished."""
    if step and step.goes_on:
        return step.left if step.name == "extend" else 0
    return 0 if current.left else len(packs_to_extend(request.member, line_results))
