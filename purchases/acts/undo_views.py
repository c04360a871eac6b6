"""The views that undo an act."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from purchases import operations
from purchases.access import DeskRequest, change_or_404, move_or_404
from purchases.actions import run_operation
from purchases.acts.clients import clients_of
from purchases.acts.forms import UndoChangeForm, UndoMoveForm
from purchases.models import Purchase


@require_POST
def undo_change(request: DeskRequest, event_id: int) -> HttpResponse:
    """Undo a correction of the bought sessions, a transfer, a refund, a payment or a sale."""
    event = change_or_404(request, event_id, to="undo")
    form = UndoChangeForm(request.POST)

    def operation() -> operations.Changed:
        return operations.undo_change(member=request.member, event=event, command=form.command)

    def details(done: operations.Changed) -> dict[str, object]:
        was_paid = event.payment_status == Purchase.PaymentStatus.SUCCEEDED
        return {**clients_of(done), "kind": event.kind, "was_paid": was_paid}

    return run_operation(request, event.purchase, form, operation, "change_undone.html", details)


@require_POST
def undo_move(request: DeskRequest, event_id: int) -> HttpResponse:
    event = move_or_404(request, event_id, to="undo")
    form = UndoMoveForm(request.POST)

    def operation() -> operations.Done:
        return operations.undo_move(member=request.member, event=event, command=form.command)

    return run_operation(request, event.purchase, form, operation, "move_undone.html")
