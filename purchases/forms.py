"""What a request may say. A form's errors are for the person who sent it."""

from django import forms

from purchases.models import Purchase
from purchases.queries import Place


class ListForm(forms.Form):
    """Which part of the desk's list a link shows."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.TypedChoiceField(
        required=False,
        choices=Purchase.State,
        coerce=Purchase.State,
        empty_value=Purchase.State.ALL,
        error_messages={"invalid_choice": "There is no list called “%(value)s”."},
    )
    after = forms.CharField(required=False, max_length=100)

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"])

    def clean_after(self) -> Place | None:
        text = self.cleaned_data["after"]
        try:
            return Place.parse(text) if text else None
        except ValueError:
            raise forms.ValidationError("This link to a further page is not complete.") from None


class ActForm(forms.Form):
    """What comes with every press of a button that changes a count."""

    request_id = forms.UUIDField(
        error_messages={
            "required": "This page is out of date. Reload it, then press again.",
            "invalid": "This page is out of date. Reload it, then press again.",
        }
    )
    next = forms.CharField(required=False)
