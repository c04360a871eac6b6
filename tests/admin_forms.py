"""Helpers that fill in and post the admin form of a purchase, as a browser does."""

from typing import Any

from django.test import Client
from django.urls import reverse

from purchases.currencies import amount
from purchases.models import Purchase

ADD_PURCHASE = "/admin/purchases/purchase/add/"


def form_of(purchase: Purchase, **changed: object) -> dict[str, object]:
    """Return the fields that a browser posts for the purchase's admin form."""
    fields = {
        "client": purchase.client_id,
        "offer": purchase.offer_id,
        "amount_paid_cents": str(amount(purchase.amount_paid_cents, purchase.currency)),
        "currency": purchase.currency,
        "payment_status": purchase.payment_status,
        "payment_method": "",
        "sessions_total": purchase.sessions_total,
        "purchased_at_0": purchase.purchased_at.strftime("%Y-%m-%d"),
        "purchased_at_1": purchase.purchased_at.strftime("%H:%M:%S"),
        "expires_at_0": "",
        "expires_at_1": "",
    }
    return fields | changed


def change(browser: Client, purchase: Purchase, **changed: object) -> Any:
    """Post the change form with these fields changed, and reload the purchase."""
    url = reverse("admin:purchases_purchase_change", args=[purchase.pk])
    response = browser.post(url, form_of(purchase, **changed))
    purchase.refresh_from_db()
    return response


def errors(response: Any) -> dict[str, list[str]]:
    """Return the validation errors of a form that the admin shows again."""
    assert response.status_code == 200
    form_errors: dict[str, list[str]] = response.context["adminform"].form.errors
    return form_errors
