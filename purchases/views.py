"""The views of the desk. Each loads its row, makes one call and renders the response."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from purchases import clock, live_updates, operations, queries, seals
from purchases.access import (
    DeskRequest,
    client_or_404,
    event_or_404,
    extension_or_404,
    purchase_or_404,
)
from purchases.actions import bad_request, button_context, render_page, run_operation
from purchases.acts.menu import acts
from purchases.client_blocks import suggested_name
from purchases.clients.views import sell_url
from purchases.forms import (
    EXTENSIONS,
    ExtendForm,
    ListForm,
    ReinstateForm,
    RowsForm,
    UndoExtensionForm,
    UndoForm,
    UseForm,
)
from purchases.models import Purchase, SessionEvent
from purchases.redirects import current_page_url

UNDO_TEMPLATES = {
    SessionEvent.Kind.REINSTATED: "undone.html",
    SessionEvent.Kind.USED: "use_undone.html",
    SessionEvent.Kind.CORRECTED: "correction_undone.html",
}


@require_safe
@vary_on_headers("HX-Request")
def purchase_list(request: DeskRequest) -> HttpResponse:
    form = ListForm(request.GET)
    if not form.is_valid():
        return bad_request(request, form)
    q, state, after = (form.cleaned_data[name] for name in ("q", "state", "after"))
    org_id = request.member.org_id
    page: queries.ClientPage | queries.Page = (
        queries.client_page(org_id=org_id, q=q, state=state, after=after)
        if q
        else queries.desk_page(org_id=org_id, state=state, after=after)
    )
    context = {
        "page": page,
        "q": q,
        "new_name": suggested_name(q),
        "state": state,
        "after": after,
        "states": Purchase.State,
    }
    if not (q or after) and state is Purchase.State.ALL:
        context["overview"] = queries.overview(org_id)
    template = "purchases/_purchase_list.html" if request.htmx else "purchases/purchase_list.html"
    return render_page(request, template, context, page.purchases)


@require_safe
def purchase_detail(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase, member = purchase_or_404(request, purchase_id, to="see"), request.member
    may_move = member.may("move_use") and purchase.sessions_used
    packs = queries.other_packs(purchase) if may_move else []
    history = queries.history(purchase, member, packs)
    can_move = any(pack.can_take_use(clock.now()) for pack in packs)
    context = {
        "purchase": purchase,
        "purchases": [purchase],
        "history": history,
        "former_uses": queries.former_uses(purchase, history),
        "acts": acts(member, purchase, can_move=can_move),
        "can_receive_payment": purchase.payment_refusal is None and member.may("receive_payment"),
        "receipts": seals.receipts(purchase.pk),
        "extensions": EXTENSIONS,
    }
    return render_page(request, "purchases/purchase_detail.html", context, [purchase])


@require_safe
def client_detail(request: DeskRequest, client_id: UUID) -> HttpResponse:
    client = client_or_404(request, client_id)
    summary = queries.client_summary(client)
    context = {
        "client": client,
        "summary": summary,
        "changes": queries.client_changes(client, request.member),
        "sell_url": sell_url(client.pk, request),
    }
    return render_page(request, "purchases/client_detail.html", context, summary.purchases)


@require_safe
@login_not_required
def changes(request: HttpRequest) -> HttpResponse:
    """Answer 304 if no purchase of the org changed since the ETag. Otherwise answer the ids of the
    changed purchases and the next ETag. Answer 403 if the token is not valid or its session ended.
    """
    session_key = request.session.session_key or ""
    org_id = live_updates.org_of(request.headers.get("Live-Token", ""), session_key)
    out_of_date = HttpResponse(gettext("This page is out of date. Reload it."), status=403)
    if org_id is None:
        return out_of_date
    seen = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"')
    try:
        changed, snapshot = live_updates.changed_since(org_id, session_key, seen)
    except live_updates.SessionEnded:
        return out_of_date
    if changed == set():
        return HttpResponse(status=304, headers={"ETag": f'"{seen}"'})
    names = None if changed is None else sorted(changed)
    return JsonResponse({"changed": names}, headers={"ETag": f'"{snapshot}"'})


@require_safe
def rows(request: DeskRequest) -> HttpResponse:
    """Return the current rows of these purchases, with a new token for live updates."""
    form = RowsForm(request.GET)
    if not form.is_valid():
        return bad_request(request, form)
    ids = form.cleaned_data["ids"]
    purchases = queries.purchases_by_id(org_id=request.member.org_id, ids=ids)
    context = {
        "purchases": purchases,
        "gone": set(ids) - {purchase.pk for purchase in purchases},
        "here": current_page_url(request.htmx, otherwise="purchases:purchase_list"),
        **button_context(request, purchases),
    }
    response = render(request, "purchases/_rows.html", context)
    session_key = request.session.session_key or ""
    response["Live-Token"] = live_updates.token(request.member.org_id, session_key)
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

    return run_operation(request, purchase, form, operation, "reinstated.html")


@require_POST
def use(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="use")
    form = UseForm(request.POST)

    def operation() -> operations.Done:
        return operations.use(member=request.member, purchase=purchase, command=form.command)

    return run_operation(request, purchase, form, operation, "used.html")


@require_POST
def undo(request: DeskRequest, event_id: int) -> HttpResponse:
    event = event_or_404(request, event_id, to="undo")
    form = UndoForm(request.POST)

    def operation() -> operations.Done:
        return operations.undo(member=request.member, event=event, command=form.command)

    template = UNDO_TEMPLATES[SessionEvent.Kind(event.kind)]
    return run_operation(request, event.purchase, form, operation, template)


@require_POST
def extend(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="extend")
    form = ExtendForm(request.POST, note_required=request.member.must_give_reason)

    def operation() -> operations.NewExpiry:
        return operations.extend(member=request.member, purchase=purchase, command=form.command)

    return run_operation(request, purchase, form, operation, "extended.html")


@require_POST
def undo_extension(request: DeskRequest, event_id: int) -> HttpResponse:
    event = extension_or_404(request, event_id, to="undo")
    form = UndoExtensionForm(request.POST)

    def operation() -> operations.NewExpiry:
        return operations.undo_extension(member=request.member, event=event, command=form.command)

    return run_operation(request, event.purchase, form, operation, "extension_undone.html")
