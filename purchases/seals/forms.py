"""The form with which a person checks a receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purchases.models import Ledger
from purchases.models.seal import is_code
from purchases.seals.receipts import parse_line

NO_LINE = _("A line has a letter and a number, as in C1042.")
NO_CODE = _("A code has 12 digits, as in A4F9-03C2-77E1.")


class ReceiptForm(forms.Form):
    """The number of a line and its code, as they are printed."""

    line = forms.CharField(
        max_length=30,
        error_messages={
            "required": NO_LINE,
            "max_length": NO_LINE,
            "null_characters_not_allowed": NO_LINE,
        },
    )
    code = forms.CharField(
        max_length=100,
        error_messages={
            "required": NO_CODE,
            "max_length": NO_CODE,
            "null_characters_not_allowed": NO_CODE,
        },
    )

    def clean_line(self) -> tuple[Ledger, int]:
        line = parse_line(self.cleaned_data["line"])
        if line is None:
            raise forms.ValidationError(NO_LINE)
        return line

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_code(code):
            raise forms.ValidationError(NO_CODE)
        return code

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data
