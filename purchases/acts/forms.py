"""The forms of the acts. Their errors are texts for the person at the desk."""

from decimal import Decimal
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.currencies import decimals
from purchases.formatting import money
from purchases.forms import OUT_OF_DATE, SAY_WHY, ActionForm, NoteForm, is_new
from purchases.input_rules import UNUSUAL_CHARACTER
from purchases.models import Purchase
from purchases.operations.commands import (
    CorrectTotal,
    CorrectUsed,
    MoveUse,
    ReceivePayment,
    Refund,
    Transfer,
    UndoChange,
    UndoMove,
)

MAX_INT = 2**31 - 1
CHOOSE_A_NUMBER = _("Choose how many more or fewer. Nothing was changed yet.")
CORRECTION_NEEDS_REASON = _("Write a reason: every correction needs one. Nothing was changed yet.")
CHOOSE_A_CLIENT = _("Choose the client who gets the pack. Nothing was changed yet.")
CHOOSE_A_PACK = _("Choose the pack to charge. Nothing was changed yet.")
TWO_DECIMALS = _("Type the amount with at most two decimals.")
NO_DECIMALS = _("Type the amount without decimals, as this currency is written.")
TYPE_THE_AMOUNT = _("Type the amount that you give back, or 0. Nothing was changed yet.")


class ReceivePaymentForm(NoteForm):
    @property
    def command(self) -> ReceivePayment:
        data = self.cleaned_data
        return ReceivePayment(request_id=data["request_id"], note=data["note"])


class UndoChangeForm(ActionForm):
    @property
    def command(self) -> UndoChange:
        return UndoChange(request_id=self.cleaned_data["request_id"])


class UndoMoveForm(ActionForm):
    @property
    def command(self) -> UndoMove:
        return UndoMove(request_id=self.cleaned_data["request_id"])


class CorrectForm(NoteForm):
    """A correction by a signed number: the value of the clicked button, or else of the menu."""

    adjust_by = forms.IntegerField(
        required=False,
        min_value=-MAX_INT,
        max_value=MAX_INT,
        error_messages={"invalid": OUT_OF_DATE},
    )
    chosen = forms.IntegerField(
        required=False,
        min_value=-MAX_INT,
        max_value=MAX_INT,
        error_messages={"invalid": OUT_OF_DATE},
    )

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        data = self.cleaned_data
        data["adjust_by"] = data["adjust_by"] or data["chosen"]
        if not data["adjust_by"]:
            self.add_error("adjust_by", CHOOSE_A_NUMBER)
        if not data["note"]:
            self.add_error("note", CORRECTION_NEEDS_REASON)

    @property
    def correct_used(self) -> CorrectUsed:
        data = self.cleaned_data
        return CorrectUsed(
            request_id=data["request_id"], adjust_by=data["adjust_by"], note=data["note"]
        )

    @property
    def correct_total(self) -> CorrectTotal:
        data = self.cleaned_data
        return CorrectTotal(
            request_id=data["request_id"], adjust_by=data["adjust_by"], note=data["note"]
        )


class ExplainedForm(NoteForm):
    """A form whose reason is required if the studio requires reasons."""

    def __init__(self, data: QueryDict, *, note_required: bool) -> None:
        super().__init__(data)
        self.note_required = note_required

    def clean(self) -> None:
        """Require a reason for new requests only, so that a retry keeps its first answer."""
        super().clean()
        if self.errors or not self.note_required or self.cleaned_data["note"]:
            return
        if is_new(self.cleaned_data["request_id"]):
            self.add_error("note", SAY_WHY)


class TransferForm(ExplainedForm):
    client = forms.UUIDField(
        error_messages={"required": CHOOSE_A_CLIENT, "invalid": CHOOSE_A_CLIENT}
    )

    @property
    def command(self) -> Transfer:
        data = self.cleaned_data
        return Transfer(request_id=data["request_id"], client_id=data["client"], note=data["note"])


class MoveUseForm(ExplainedForm):
    to = forms.UUIDField(error_messages={"required": CHOOSE_A_PACK, "invalid": CHOOSE_A_PACK})
    event = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, error_messages={"invalid": OUT_OF_DATE}
    )

    def __init__(self, data: QueryDict, *, note_required: bool, purchase: Purchase) -> None:
        super().__init__(data, note_required=note_required)
        self.purchase = purchase

    def clean_to(self) -> UUID:
        to: UUID = self.cleaned_data["to"]
        if to == self.purchase.pk:
            raise forms.ValidationError(CHOOSE_A_PACK)
        return to

    @property
    def command(self) -> MoveUse:
        data = self.cleaned_data
        return MoveUse(
            request_id=data["request_id"],
            to_purchase_id=data["to"],
            event_id=data["event"],
            note=data["note"],
        )


class RefundForm(ExplainedForm):
    amount = forms.DecimalField(
        localize=True,
        min_value=0,
        max_digits=13,
        decimal_places=3,
        error_messages={
            "required": TYPE_THE_AMOUNT,
            "invalid": TYPE_THE_AMOUNT,
            "min_value": TYPE_THE_AMOUNT,
            "max_digits": TYPE_THE_AMOUNT,
            "max_whole_digits": TYPE_THE_AMOUNT,
            "max_decimal_places": TWO_DECIMALS,
        },
    )

    def __init__(self, data: QueryDict, *, note_required: bool, purchase: Purchase) -> None:
        super().__init__(data, note_required=note_required)
        self.purchase = purchase

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        paid, places = self.purchase.amount_paid_cents, decimals(self.purchase.currency)
        if amount.scaleb(places) % 1:
            raise forms.ValidationError(TWO_DECIMALS if places else NO_DECIMALS)
        if amount.scaleb(places) > paid:
            text = gettext("That is more than the %(paid)s that were paid.")
            raise forms.ValidationError(text % {"paid": money(paid, self.purchase.currency)})
        return amount

    @property
    def command(self) -> Refund:
        data = self.cleaned_data
        return Refund(
            request_id=data["request_id"],
            amount_cents=int(data["amount"].scaleb(decimals(self.purchase.currency))),
            note=data["note"],
        )


class FindClientForm(forms.Form):
    """The search for the client who gets a pack."""

    q = forms.CharField(
        required=False,
        max_length=100,
        error_messages={
            "max_length": _("Type at most 100 characters."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )


class ChooseUseForm(forms.Form):
    """The use that a person moves: an event, or the newest use."""

    event = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, error_messages={"invalid": OUT_OF_DATE}
    )
