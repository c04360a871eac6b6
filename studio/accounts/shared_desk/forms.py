"""The forms of a shared desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.accounts import pins
from studio.accounts.membership import Membership
from studio.accounts.shared_desk.people import who_may_act


class WhoForm(forms.Form):
    """The member who takes over the desk, and their PIN or password."""

    who: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        Membership.objects.none(),
        error_messages={
            "required": _("Choose your name, then type your PIN."),
            "invalid_choice": _("This person can no longer use this desk. Choose your name."),
        },
    )
    secret = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Type your PIN.")}
    )

    def __init__(self, *args: Any, signed_in: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].queryset = who_may_act(signed_in)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Membership | None:
        return self.cleaned_data.get("who") if self.is_bound else None


class PinForm(forms.Form):
    """The new PIN of the acting member, who also types the password."""

    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Type your password.")}
    )
    pin = forms.CharField(max_length=200, error_messages={"required": _("Type the new PIN.")})
    again = forms.CharField(max_length=200, required=False)

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        if problem := pins.pin_problem(pin):
            raise forms.ValidationError(problem)
        return pin

    def clean(self) -> dict[str, Any]:
        pin = self.cleaned_data.get("pin")
        if pin and pin != self.cleaned_data.get("again"):
            self.add_error("again", _("The two PINs are different. Type the same PIN twice."))
        return self.cleaned_data
