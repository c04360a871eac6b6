"""The forms and the filter of the admin of purchases."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.admin.money import AmountField, MoneyForm
from purchases.admin.row_form import Rule
from purchases.input_rules import (
    CLOCK_SKEW,
    EXPIRY_BEFORE_PURCHASE,
    currency_code,
    not_negative,
    time_of_expiry,
    time_of_purchase,
)
from purchases.models import Purchase, SessionRequest
from purchases.sales.terms import expiry_of, last_day_of, sessions_of

FROM_THE_OFFER = _("An empty price, number of sessions and expiry are those of the offer.")
SELL = _("Sell at the desk instead")
# The fields of a new purchase that the offer fills.
FILLED = ["amount_paid_cents", "sessions_total", "expires_at"]

format_html_lazy = lazy(format_html, SafeString)


class PurchaseForm(MoneyForm):
    amount_name = "amount_paid_cents"
    amount_paid_cents = AmountField(label=_("Amount paid"))
    rules: ClassVar[dict[str, Rule]] = {
        "currency": currency_code,
        "sessions_total": not_negative,
        "purchased_at": time_of_purchase,
        "expires_at": time_of_expiry,
    }

    class Meta:
        help_texts = {
            "offer": format_html_lazy(
                '{} <a href="{}">{}</a>', FROM_THE_OFFER, reverse_lazy("purchases:sell"), SELL
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "amount_paid_cents" in self.fields:
            self.fields["amount_paid_cents"].required = False

    def clean(self) -> None:
        super().clean()
        if self.instance._state.adding:
            self._fill_from_the_offer()
        self._check_expiry()
        org = self.cleaned_data.get("org")
        org_id = org.pk if org else self.instance.org_id
        for name in ("client", "offer"):
            row = self.cleaned_data.get(name)
            if row and org_id and row.org_id != org_id:
                problem = gettext("%(name)s belongs to another studio. Choose one of this studio.")
                self.add_error(name, problem % {"name": row})

    def _fill_from_the_offer(self) -> None:
        """Take an empty price, number of sessions and expiry from the offer."""
        data, offer = self.cleaned_data, self.cleaned_data.get("offer")
        is_empty = {name: name in data and data[name] is None for name in FILLED}
        if offer is None:
            return
        if is_empty["amount_paid_cents"]:
            data["amount_paid_cents"], data["currency"] = offer.price_cents, offer.currency
        if is_empty["sessions_total"]:
            data["sessions_total"] = sessions_of(offer)
        bought_at = data.get("purchased_at") or clock.now()
        if is_empty["expires_at"]:
            data["expires_at"] = expiry_of(last_day_of(offer, timezone.localdate(bought_at)))

    def _check_expiry(self) -> None:
        """Refuse an expiry before the purchase, unless the row has a purchase in the future."""
        expires_at = self.cleaned_data.get("expires_at")
        if "purchased_at" in self.fields:
            purchased_at = self.cleaned_data.get("purchased_at")
        else:
            purchased_at = self.instance.purchased_at
            if purchased_at > clock.now() + CLOCK_SKEW:
                return
        is_changed = {"expires_at", "purchased_at"} & set(self.changed_data)
        if is_changed and expires_at and purchased_at and expires_at <= purchased_at:
            self.add_error("expires_at", EXPIRY_BEFORE_PURCHASE)


class PurchaseActionForm(ActionForm):
    """The extra fields of the action bar. `ReinstateForm` validates them for a reinstatement."""

    request_id = forms.CharField(required=False, label="", initial=uuid4, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False,
        label=_("Reason:"),
        widget=forms.Select(choices=[("", "---------"), *SessionRequest.Reason.choices]),
    )


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [state for state in Purchase.State.choices if state[0] != Purchase.State.ALL]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        state = self.value()
        if state is None:
            return queryset
        if state not in Purchase.State.values:
            raise IncorrectLookupParameters
        return queryset.in_state(Purchase.State(state), clock.now())
