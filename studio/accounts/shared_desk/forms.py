"""What is typed at a shared desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.accounts import pins
from studio.accounts.membership import Membership
from studio.accounts.shared_desk.people import who_may_act


class WhoForm(forms.Form):
    """Who is at the desk, and their code. `next` is the page to come back to."""

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
    """A code of one's own, by the password."""

    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Type your password.")}
    )
    code = forms.CharField(max_length=200, error_messages={"required": _("Type the new PIN.")})
    again = forms.CharField(max_length=200, required=False)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if problem := pins.pin_problem(code):
            raise forms.ValidationError(problem)
        return code

    def clean(self) -> dict[str, Any]:
        code = self.cleaned_data.get("code")
        if code and code != self.cleaned_data.get("again"):
            self.add_error("again", _("The two PINs are different. Type the same PIN twice."))
        return self.cleaned_data
