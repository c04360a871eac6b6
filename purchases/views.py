"""The views of the desk. Each loads its row, makes one call and renders the response."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render, resolve_url
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from purchases import allowances, live_updates, operations, queries
from purchases.access import (
    DeskRequest,
    client_or_404,
    event_or_404,
    extension_or_404,
    purchase_or_404,
)
from purchases.forms import (
    EXTENSIONS,
    ActionForm,
    ExtendForm,
    ListForm,
    ReinstateForm,
    RowsForm,
    UndoExtensionForm,
    UndoForm,
    UseForm,
    problems,
)
from purchases.models import Purchase, SessionRequest
from purchases.operations.commands import Reinstate
from purchases.redirects import safe_next_url
from purchases.responses import approval_form, row_response, success_message


@require_safe
@vary_on_headers("HX-Request")
def purchase_list(request: DeskRequest) -> HttpResponse:
    form = ListForm(request.GET)
    if not form.is_valid():
        return _bad_request(request, form)
    filters = form.cleaned_data
    page = queries.desk_page(org_id=request.member.org_id, **filters)
    context = {
        "page": page,
        "q": filters["q"],
        "state": filters["state"],
        "after": filters["after"],
        "states": Purchase.State,
    }
    template = "purchases/_purchase_list.html" if request.htmx else "purchases/purchase_list.html"
    return _page(request, template, context, page.purchases)


@require_safe
def purchase_detail(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="see")
    context = {
        "purchase": purchase,
        "purchases": [purchase],
        "history": queries.history(purchase, request.member),
        "extensions": EXTENSIONS,
    }
    return _page(request, "purchases/purchase_detail.html", context, [purchase])


@require_safe
def client_detail(request: DeskRequest, client_id: UUID) -> HttpResponse:
    client = client_or_404(request, client_id)
    summary = queries.client_summary(client)
    context = {"client": client, "summary": summary}
    return _page(request, "purchases/client_detail.html", context, summary.purchases)


@require_safe
@login_not_required
def changes(request: HttpRequest) -> HttpResponse:
    """Answer 304 if no count or expiry of the org changed since the ETag. Otherwise answer
    the ids of the changed purchases and the next ETag."""
    org_id = live_updates.org_of(request.headers.get("Live-Token", ""))
    if org_id is None:
        return HttpResponse(gettext("This page is out of date. Reload it."), status=403)
    seen = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"')
    changed, snapshot = live_updates.changed_since(org_id, seen)
    if changed == set():
        return HttpResponse(status=304, headers={"ETag": f'"{seen}"'})
    names = None if changed is None else sorted(changed)
    return JsonResponse({"changed": names}, headers={"ETag": f'"{snapshot}"'})


@require_safe
def rows(request: DeskRequest) -> HttpResponse:
    """Return the current rows of these purchases, with a new token for live updates."""
    form = RowsForm(request.GET)
    if not form.is_valid():
        return _bad_request(request, form)
    ids = form.cleaned_data["ids"]
    purchases = queries.purchases_by_id(org_id=request.member.org_id, ids=ids)
    context = {
        "purchases": purchases,
        "gone": set(ids) - {purchase.pk for purchase in purchases},
        "here": request.htmx.current_url_abs_path or resolve_url("purchases:purchase_list"),
        **_button_context(request, purchases),
    }
    response = render(request, "purchases/_rows.html", context)
    response["Live-Token"] = live_updates.token(request.member.org_id)
    return response


@require_POST
@sensitive_post_parameters("secret")
def reinstate(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="reinstate")
    form = ReinstateForm(request.POST, reason_required=request.member.must_give_reason)

    def operation() -> operations.Done:
        return operations.reinstate(
            member=request.member,
            purchase=purchase,
            command=form.command,
            verify_approval=request.desk.approval_problem,
        )

    return _run_operation(request, purchase, form, operation, "reinstated.html")


@require_POST
def use(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="use")
    form = UseForm(request.POST)

    def operation() -> operations.Done:
        return operations.use(member=request.member, purchase=purchase, command=form.command)

    return _run_operation(request, purchase, form, operation, "used.html")


@require_POST
def undo(request: DeskRequest, event_id: int) -> HttpResponse:
    event = event_or_404(request, event_id, to="undo")
    form = UndoForm(request.POST)

    def operation() -> operations.Done:
        return operations.undo(member=request.member, event=event, command=form.command)

    return _run_operation(request, event.purchase, form, operation, "undone.html")


@require_POST
def extend(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="extend")
    form = ExtendForm(request.POST, note_required=request.member.must_give_reason)

    def operation() -> operations.NewExpiry:
        return operations.extend(member=request.member, purchase=purchase, command=form.command)

    return _run_operation(request, purchase, form, operation, "extended.html")


@require_POST
def undo_extension(request: DeskRequest, event_id: int) -> HttpResponse:
    event = extension_or_404(request, event_id, to="undo")
    form = UndoExtensionForm(request.POST)

    def operation() -> operations.NewExpiry:
        return operations.undo_extension(member=request.member, event=event, command=form.command)

    return _run_operation(request, event.purchase, form, operation, "extension_undone.html")


def _page(
    request: DeskRequest,
    template: str,
    context: dict[str, object],
    purchases: Sequence[Purchase],
) -> HttpResponse:
    """Render a page with a row for each of the purchases."""
    context |= {"here": request.get_full_path(), **_button_context(request, purchases)}
    context["live_token"] = live_updates.token(request.member.org_id)
    return render(request, template, context)


def _run_operation(
    request: DeskRequest,
    purchase: Purchase,
    form: ActionForm,
    operation: Callable[[], operations.Done | operations.NewExpiry],
    success_template: str,
) -> HttpResponse:
    """Run an operation on a purchase, and return its row with the message of `success_template`."""
    if not form.is_valid():
        return _bad_request(request, form)
    here = safe_next_url(request, form.cleaned_data["next"], otherwise="purchases:purchase_list")
    context: dict[str, Any] = {"purchase": purchase, "here": here}
    try:
        context["done"] = operation()
    except Purchase.DoesNotExist:
        raise Http404 from None
    except operations.Refused as refusal:
        context |= {"refused": refusal, **_button_context(request, [purchase])}
        if isinstance(refusal, operations.ApprovalRequired) and isinstance(form, ReinstateForm):
            context |= _approval_form(request, form.command, context)
        if request.htmx:
            return row_response(request, context, status=409)
        context["purchases"] = [purchase]
        return render(request, "purchases/purchase_refused.html", context, status=409)
    context["success_template"] = success_template
    if request.htmx:
        return row_response(request, context | _button_context(request, [purchase]))
    messages.success(request, success_message(request, context))
    return HttpResponseRedirect(here)


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


def _button_context(request: DeskRequest, purchases: Sequence[Purchase]) -> dict[str, object]:
    """Return the context that rows need for their buttons."""
    may_act = request.member.may("reinstate")
    return {
        "may_act": may_act,
        "may_exceed": request.member.may("exceed_allowance"),
        "must_give_reason": request.member.must_give_reason,
        "reasons": SessionRequest.Reason,
        "allowance_uses": allowances.allowance_uses(request.member, purchases) if may_act else {},
    }


def _bad_request(request: DeskRequest, form: ActionForm | ListForm | RowsForm) -> HttpResponse:
    """Return the errors of an invalid form. Nothing was changed."""
    return render(request, "400.html", {"problem": problems(form)}, status=400)
