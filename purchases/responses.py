"""The responses to an action: a message and the purchase's current row."""

from typing import Any

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from purchases.access import DeskRequest
from purchases.operations import OverAllowance
from purchases.rows import page_context, rendered, row_context


def row_response(
    request: DeskRequest, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return the row of `purchase` for htmx, with a message in the note.

    The message is `success_template` rendered with `done`, or the refusal `refused`. The form of
    the owner's approval follows if an owner can approve.
    """
    html = rendered(
        "response.html",
        _common(request, context),
        into_note=request.htmx.target == "note",
        success_template=context.get("success_template"),
        refused=context.get("refused"),
        approval_form=context.get("approval_form", ""),
    )
    return HttpResponse(html, status=status)


def success_message(request: DeskRequest, context: dict[str, Any]) -> SafeString:
    """Return the message for the page after a redirect, for browsers without JavaScript."""
    return rendered(context["success_template"], _common(request, context))


def notice(request: DeskRequest, template: str, here: str, **values: object) -> SafeString:
    """Return the message for the page `here` after a redirect, about something without a row."""
    token = request.POST.get("csrfmiddlewaretoken") or get_token(request)
    page = page_context({"request": request, "csrf_token": token, "here": here})
    return rendered(template, page, **values)


def approval_form(request: DeskRequest, context: dict[str, Any]) -> dict[str, SafeString]:
    """Return the form with which one of the `approvers` approves a `command`.

    If the reinstatement exceeds an allowance, also return a text about it: as `refused`, instead of
    the refusal's text, or within the form after an invalid approval.
    """
    values = {**context, **_common(request, context)}
    over = rendered("over_allowance.html", values) if context["allowance_use"] else None
    is_first = isinstance(context["refused"], OverAllowance)
    form = rendered("approval_form.html", values, why_again=None if is_first else over)
    return {"approval_form": form} | ({"refused": over} if over and is_first else {})


def _common(request: DeskRequest, context: dict[str, Any]) -> dict[str, Any]:
    purchase = context["purchase"]
    # Reuse the CSRF token from the request. Masking a new one costs as much as rendering the row.
    token = request.POST.get("csrfmiddlewaretoken") or get_token(request)
    page = page_context({"request": request, "csrf_token": token, **context})
    row = row_context(purchase, page)
    details = context.get("details", {})
    more = {"done": context.get("done"), "details": details, "changed": True}
    return {**row, "purchase": purchase, **more}
