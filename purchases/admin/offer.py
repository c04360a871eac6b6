from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from purchases.admin.money import IN_CENTS
from purchases.admin.own_org import OwnOrgAdmin
from purchases.admin.row_form import RowForm, Rule
from purchases.formatting import money
from purchases.input_rules import currency_code, not_negative
from purchases.models import Offer


class OfferForm(RowForm):
    rules: ClassVar[dict[str, Rule]] = {
        "price_cents": not_negative,
        "currency": currency_code,
        "sessions_included": not_negative,
        "bonus_sessions": not_negative,
        "pack_validity_days": not_negative,
    }


@admin.register(Offer)
class OfferAdmin(OwnOrgAdmin):
    form = OfferForm
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
    readonly_fields = ["created_at", "updated_at"]
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

    @admin.display(ordering="price_cents", description=_("price"))
    def price(self, offer: Offer) -> str:
        return money(offer.price_cents, offer.currency)

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_form(*args, help_texts={"price_cents": IN_CENTS}, **kwargs)

    def save_model(self, request: HttpRequest, obj: Offer, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            obj.updated_at = timezone.now()
            obj.save(update_fields=["updated_at"])
