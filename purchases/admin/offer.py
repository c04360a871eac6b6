from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from purchases import clock, operations
from purchases.admin.money import AmountField, MoneyForm
from purchases.admin.own_org import OwnOrgAdmin
from purchases.admin.row_form import Rule
from purchases.formatting import money
from purchases.input_rules import currency_code, not_negative
from purchases.models import Offer


class OfferForm(MoneyForm):
    amount_name = "price_cents"
    price_cents = AmountField(label=_("Price"))
    rules: ClassVar[dict[str, Rule]] = {
        "currency": currency_code,
        "sessions_included": not_negative,
        "bonus_sessions": not_negative,
        "pack_validity_days": not_negative,
    }


@admin.register(Offer)
class OfferAdmin(OwnOrgAdmin):
    form = OfferForm
    desk_action = "administer"
    fields = [
        "org",
        "name",
        "description",
        "offer_type",
        "price_cents",
        "currency",
        "sessions_included",
        "bonus_sessions",
        "pack_validity_days",
        "is_active",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["price", "created_at", "updated_at"]
    autocomplete_fields = ["org"]
    list_display = [
        "name",
        "offer_type",
        "price",
        "sessions_included",
        "pack_validity_days",
        "is_active",
        "org",
        "created_at",
    ]
    list_filter = ["org", "offer_type", "is_active", "created_at"]
    list_select_related = ["org"]
    search_fields = ["name", "description"]
    ordering = ["name"]

    def view_on_site(self, row: Offer) -> str:
        return reverse("purchases:edit_offer", args=[row.pk])

    @admin.display(ordering="price_cents", description=_("price"))
    def price(self, offer: Offer) -> str:
        return money(offer.price_cents, offer.currency)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show people who cannot change the offer its price in words."""
        names = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return names
        return ["price" if name == "price_cents" else name for name in names if name != "currency"]

    def save_model(self, request: HttpRequest, obj: Offer, form: Any, change: bool) -> None:
        """Save with the name of the person, for the ledger of offers."""
        with operations.name_offer_change(request.user.pk):
            super().save_model(request, obj, form, change)
            if change and form.changed_data:
                obj.updated_at = clock.now()
                obj.save(update_fields=["updated_at"])
