"""The button with which an owner dismisses a first step."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST

from purchases.access import DeskRequest, allow
from studio.owner_pages.first_steps import finish_step
from studio.owner_pages.models import FinishedStep


@require_POST
def finish_first_step(request: DeskRequest) -> HttpResponse:
    """Dismiss the step of the form. An unknown step changes nothing."""
    allow(request, "administer")
    step = request.POST.get("step", "")
    if step in FinishedStep.Step.values:
        finish_step(request.member.org_id, FinishedStep.Step(step))
    return HttpResponseRedirect(resolve_url("home"))
