"""Run an action of the desk and return its response; and render pages with rows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import SafeString

from purchases import allowances, live_updates, operations
from purchases.access import DeskRequest
from purchases.forms import ActionForm, ReinstateForm, problems
from purchases.models import Purchase, SessionRequest
from purchases.operations.commands import Reinstate
from purchases.redirects import safe_next_url
from purchases.responses import approval_form, row_response, success_message

LOGGER = logging.getLogger("studio.desk")


def render_page(
    request: DeskRequest,
    template: str,
    context: dict[str, object],
    purchases: Sequence[Purchase],
) -> HttpResponse:
    """Render a page with a row for each of the purchases."""
    context |= {"here": request.get_full_path(), **button_context(request, purchases)}
    session_key = request.session.session_key or ""
    context["live_token"] = live_updates.token(request.member.org_id, session_key)
    return render(request, template, context)


def run_operation(
    request: DeskRequest,
    purchase: Purchase,
    form: ActionForm,
    operation: Callable[[], operations.Done | operations.NewExpiry | operations.Changed],
    success_template: str,
    details: Callable[[Any], Mapping[str, object]] | None = None,
) -> HttpResponse:
    """Run an operation on a purchase, and return its row with the message of `success_template`.

    The template gets the result as `done`, and `details` of it. A retry has the same result, so its
    details must not depend on the purchase of today.
    """
    if not form.is_valid():
        return bad_request(request, form)
    here = safe_next_url(request, form.cleaned_data["next"], otherwise="purchases:purchase_list")
    context: dict[str, Any] = {"purchase": purchase, "here": here, "details": {}}
    try:
        context["done"] = operation()
    except Purchase.DoesNotExist:
        LOGGER.warning("purchase %s was deleted by another program", purchase.pk)
        raise Http404 from None
    except operations.Refused as refusal:
        _log_refusal(request, purchase, refusal)
        context |= {"refused": refusal, **button_context(request, [purchase])}
        if isinstance(refusal, operations.ApprovalRequired) and isinstance(form, ReinstateForm):
            context |= _approval_form(request, form.command, context)
        if request.htmx:
            return row_response(request, context, status=409)
        context["purchases"] = [purchase]
        return render(request, "purchases/purchase_refused.html", context, status=409)
    context["success_template"] = success_template
    if details:
        context["details"] = details(context["done"])
    if request.htmx:
        return row_response(request, context | button_context(request, [purchase]))
    messages.success(request, success_message(request, context))
    return HttpResponseRedirect(here)


def _log_refusal(request: DeskRequest, purchase: Purchase, refusal: operations.Refused) -> None:
    level = logging.WARNING if refusal.needs_attention else logging.INFO
    act = request.resolver_match.url_name if request.resolver_match else None
    LOGGER.log(level, "%s of purchase %s was refused: %s", act, purchase.pk, refusal.code)


def _approval_form(
    request: DeskRequest, command: Reinstate, context: dict[str, Any]
) -> dict[str, SafeString]:
    """Return the form with which an owner approves, and the client's use of the allowance."""
    client_uses = context["allowance_uses"].get(context["purchase"].client_id, {})
    use = client_uses.get(command.reason or "")
    values = {
        "command": command,
        "approvers": request.member.approvers,
        "allowance_use": use if use and use.is_beyond else None,
        "reason": SessionRequest.Reason(command.reason).label if command.reason else "",
    }
    return approval_form(request, {**context, **values})


def button_context(request: DeskRequest, purchases: Sequence[Purchase]) -> dict[str, object]:
    """Return the context that rows need for their buttons."""
    may_act = request.member.may("reinstate")
    return {
        "may_act": may_act,
        "may_exceed": request.member.may("exceed_allowance"),
        "must_give_reason": request.member.must_give_reason,
        "reasons": SessionRequest.Reason,
        "allowance_uses": allowances.allowance_uses(request.member, purchases) if may_act else {},
    }


def bad_request(request: DeskRequest, form: forms.Form) -> HttpResponse:
    """Return the errors of an invalid form. Nothing was changed."""
    return render(request, "400.html", {"problem": problems(form)}, status=400)
