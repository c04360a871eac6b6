"""The forms and the filter of the admin of purchases."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.money import IN_CENTS
from purchases.admin.row_form import RowForm, Rule
from purchases.input_rules import (
    CLOCK_SKEW,
    EXPIRY_BEFORE_PURCHASE,
    currency_code,
    not_negative,
    time_of_expiry,
    time_of_purchase,
)
from purchases.models import Purchase, SessionRequest


class PurchaseForm(RowForm):
    rules: ClassVar[dict[str, Rule]] = {
        "amount_paid_cents": not_negative,
        "currency": currency_code,
        "sessions_total": not_negative,
        "purchased_at": time_of_purchase,
        "expires_at": time_of_expiry,
    }

    class Meta:
        help_texts = {"amount_paid_cents": IN_CENTS}

    def clean(self) -> None:
        super().clean()
        self._check_expiry()
        org = self.cleaned_data.get("org")
        org_id = org.pk if org else self.instance.org_id
        for name in ("client", "offer"):
            row = self.cleaned_data.get(name)
            if row and org_id and row.org_id != org_id:
                problem = gettext("%(name)s belongs to another studio. Choose one of this studio.")
                self.add_error(name, problem % {"name": row})

    def _check_expiry(self) -> None:
        """Refuse an expiry before the purchase, unless the row has a purchase in the future."""
        expires_at = self.cleaned_data.get("expires_at")
        if "purchased_at" in self.fields:
            purchased_at = self.cleaned_data.get("purchased_at")
        else:
            purchased_at = self.instance.purchased_at
            if purchased_at > timezone.now() + CLOCK_SKEW:
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
        return queryset.in_state(Purchase.State(state), timezone.now())
