"""The forms and the filter of the admin of purchases."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.money import IN_CENTS
from purchases.models import Purchase, SessionRequest


class PurchaseForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        help_texts = {"amount_paid_cents": IN_CENTS}

    def clean_sessions_total(self) -> int | None:
        """Refuse a total below 0, because a database constraint refuses such a row."""
        total: int | None = self.cleaned_data["sessions_total"]
        if total is not None and total < 0:
            raise forms.ValidationError(gettext("Write 0 or more."))
        return total

    def clean(self) -> None:
        super().clean()
        org = self.cleaned_data.get("org")
        org_id = org.pk if org else self.instance.org_id
        for name in ("client", "offer"):
            row = self.cleaned_data.get(name)
            if row and org_id and row.org_id != org_id:
                problem = gettext("%(name)s belongs to another studio. Choose one of this studio.")
                self.add_error(name, problem % {"name": row})


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
        if state not in Purchase.State.values:
            return queryset
        return queryset.in_state(Purchase.State(state), timezone.now())
