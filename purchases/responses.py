"""What a press is answered with: what was done, or why not, beside the row as it stands by now."""

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from purchases.access import DeskRequest
from purchases.operations import OverAllowance
from purchases.rows import of_the_page, of_the_row, rendered


def row_response(
    request: DeskRequest, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """For htmx: the row of `purchase`, and into the note what `success_template` says of what is
    `done`, or why it was `refused`, with the form of the owner's step where one can confirm."""
    html = rendered(
        "response.html",
        _common(request, context),
        into_note=request.htmx.target == "note",
        success_template=context.get("success_template"),
        refused=context.get("refused"),
        owners_step=context.get("owners_step", ""),
    )
    return HttpResponse(html, status=status)


def success_message(request: DeskRequest, context: dict[str, Any]) -> SafeString:
    """For the page that a browser without JavaScript comes back to."""
    return rendered(context["success_template"], _common(request, context))


def owners_step(request: DeskRequest, context: dict[str, Any]) -> dict[str, SafeString]:
    """Return the form with which one of the `approvers` confirms a `command`. If the press goes
    beyond an allowance, also return the text that says so: as `refused`, in place of the text of
    the refusal, or in the form if that text says why the approval was not valid."""
    step = {**context, **_common(request, context)}
    over = rendered("over_allowance.html", step) if context["allowance_use"] else None
    is_first = isinstance(context["refused"], OverAllowance)
    form = rendered("owners_step.html", step, why_again=None if is_first else over)
    return {"owners_step": form} | ({"refused": over} if over and is_first else {})


def _common(request: DeskRequest, context: dict[str, Any]) -> dict[str, Any]:
    purchase = context["purchase"]
    # The token of the press was good a moment ago, and serves the next one too. To mask one anew
    # takes as long as all that the row says.
    token = request.POST.get("csrfmiddlewaretoken") or get_token(request)
    page = of_the_page({"request": request, "csrf_token": token, **context})
    row = of_the_row(purchase, page)
    return {**row, "purchase": purchase, "done": context.get("done"), "changed": True}
