"""The views of the acts. GET shows the page with its form; POST acts and returns to the purchase.

The page of an act shows the counts or the amount that would result.
"""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from purchases import operations, queries
from purchases.access import DeskRequest, client_or_404, purchase_or_404
from purchases.actions import bad_request, run_operation
from purchases.acts.clients import clients_of
from purchases.acts.corrections import corrections_of_total, corrections_of_used
from purchases.acts.forms import (
    ChooseUseForm,
    CorrectForm,
    FindClientForm,
    MoveUseForm,
    ReceivePaymentForm,
    RefundForm,
    TransferForm,
)
from purchases.acts.refund_value import refund_value
from purchases.forms import ActionForm, problems
from purchases.models import Purchase

shows_a_form = require_http_methods(["GET", "HEAD", "POST"])


@shows_a_form
def correct_used(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="correct")
    form = CorrectForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        corrections = corrections_of_used(purchase)
        return _act_page(request, "correct_used", purchase, form, corrections=corrections)
    command = form.correct_used

    def operation() -> operations.Done:
        return operations.correct_used(member=request.member, purchase=purchase, command=command)

    return run_operation(request, purchase, form, operation, "used_corrected.html")


@shows_a_form
def correct_total(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="correct")
    form = CorrectForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        corrections = corrections_of_total(purchase)
        return _act_page(request, "correct_total", purchase, form, corrections=corrections)
    command = form.correct_total

    def operation() -> operations.Changed:
        return operations.correct_total(member=request.member, purchase=purchase, command=command)

    return run_operation(request, purchase, form, operation, "total_corrected.html")


@shows_a_form
def transfer(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="transfer")
    form = TransferForm(request.POST, note_required=request.member.must_give_reason)
    if request.method != "POST" or not form.is_valid():
        search = FindClientForm(request.GET)
        if not search.is_valid():
            return bad_request(request, search)
        q = search.cleaned_data["q"]
        found = queries.find_clients(org_id=purchase.org_id, q=q, but=purchase.client_id)
        return _act_page(request, "transfer", purchase, form, q=q, found=found)
    client = client_or_404(request, form.command.client_id)

    def operation() -> operations.Changed:
        return operations.transfer(
            member=request.member, purchase=purchase, client=client, command=form.command
        )

    return run_operation(request, purchase, form, operation, "transferred.html", clients_of)


@shows_a_form
def refund(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="refund")
    must_explain = request.member.must_give_reason
    form = RefundForm(request.POST, note_required=must_explain, purchase=purchase)
    if request.method != "POST" or not form.is_valid():
        return _act_page(request, "refund", purchase, form, value=refund_value(purchase))

    def operation() -> operations.Changed:
        return operations.refund(member=request.member, purchase=purchase, command=form.command)

    def details(_done: operations.Changed) -> dict[str, object]:
        return {"cents": form.command.amount_cents}

    return run_operation(request, purchase, form, operation, "refunded.html", details)


@require_POST
def receive_payment(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="receive_payment")
    form = ReceivePaymentForm(request.POST)

    def operation() -> operations.Changed:
        return operations.receive_payment(
            member=request.member, purchase=purchase, command=form.command
        )

    return run_operation(request, purchase, form, operation, "payment_received.html")


@shows_a_form
def move_use(request: DeskRequest, purchase_id: UUID) -> HttpResponse:
    purchase = purchase_or_404(request, purchase_id, to="move_use")
    must_explain = request.member.must_give_reason
    form = MoveUseForm(request.POST, note_required=must_explain, purchase=purchase)
    if request.method != "POST" or not form.is_valid():
        chosen = ChooseUseForm(request.POST or request.GET)
        if not chosen.is_valid():
            return bad_request(request, chosen)
        choice = queries.choices_of_move(purchase, chosen.cleaned_data["event"])
        return _act_page(request, "move_use", purchase, form, choice=choice)
    other = purchase_or_404(request, form.command.to_purchase_id, to="move_use")

    def operation() -> operations.Done:
        return operations.move_use(member=request.member, purchase=purchase, command=form.command)

    def details(_done: operations.Done) -> dict[str, object]:
        return {"offer": str(other.offer)}

    return run_operation(request, purchase, form, operation, "use_moved.html", details)


def _act_page(
    request: DeskRequest, act: str, purchase: Purchase, form: ActionForm, **context: Any
) -> HttpResponse:
    """Render the page of an act, with the errors of a posted form. Nothing was changed."""
    is_posted = request.method == "POST"
    context |= {
        "purchase": purchase,
        "here": resolve_url("purchases:purchase_detail", purchase.pk),
        "problem": problems(form) if is_posted else "",
        "note": request.POST.get("note", ""),
        "amount": request.POST.get("amount", ""),
        "must_give_reason": request.member.must_give_reason,
    }
    status = 400 if is_posted else 200
    return render(request, f"acts/{act}.html", context, status=status)
