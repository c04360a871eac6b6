"""The pages of the seals: the newest seals for an owner, and the check of a receipt."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from purchases.access import DeskRequest, allow
from purchases.models import Seal
from purchases.seals.forms import ReceiptForm
from purchases.seals.receipts import check_receipt

# A month fits on one printed page.
NEWEST = 31


@require_safe
def seal_list(request: DeskRequest) -> HttpResponse:
    allow(request, "administer")
    seals = Seal.objects.filter(org_id=request.member.org_id).order_by("-number")[:NEWEST]
    return render(request, "seals/list.html", {"seals": list(seals)})


@require_safe
def receipt(request: DeskRequest) -> HttpResponse:
    """Show the form, and the answer if the form was sent."""
    allow(request, "see")
    is_sent = bool(request.GET)
    form = ReceiptForm(request.GET if is_sent else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_valid():
        answer, purchase_id = check_receipt(org_id=request.member.org_id, **form.cleaned_data)
        context |= {"answer": answer, "purchase_id": purchase_id}
    elif is_sent:
        status = 400
    return render(request, "seals/receipt.html", context, status=status)
