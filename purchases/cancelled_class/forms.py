"""Forms for the list of a cancelled class."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from purchases.cancelled_class.parser import PastedPerson, parse_people
from purchases.cancelled_class.process import MAX_PURCHASES
from purchases.forms import OUT_OF_DATE
from purchases.models import SessionRequest

ODD_CHARACTER = _("Remove the unusual character and paste it again.")
TOO_MANY = _("Paste at most {most} people. These are {count}: put the rest on a second list.")
NO_BOX_TICKED = _("Tick the people who get a session back, then press again.")
TOO_MANY_TICKED = _("Tick at most {most} people. These are {count}: put the rest on a second list.")


class PurchaseIds(forms.Field):
    """The ids of ticked purchases."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return list(dict.fromkeys(UUID(id_text) for id_text in value or []))
        except ValueError:
            raise forms.ValidationError(OUT_OF_DATE) from None


class CheckForm(forms.Form):
    """The people on the list. `shown` has the ids of all boxes of the page, ticked or not."""

    pasted = forms.CharField(
        required=False,
        max_length=100_000,
        error_messages={
            "max_length": format_lazy(_("Paste at most {most} people."), most=MAX_PURCHASES),
            "null_characters_not_allowed": ODD_CHARACTER,
        },
    )
    q = forms.CharField(
        required=False,
        max_length=100,
        error_messages={
            "max_length": _("Type at most 100 characters."),
            "null_characters_not_allowed": ODD_CHARACTER,
        },
    )
    purchase = PurchaseIds(required=False)
    shown = forms.CharField(
        required=False, error_messages={"null_characters_not_allowed": OUT_OF_DATE}
    )
    reason = forms.TypedChoiceField(
        required=False,
        choices=SessionRequest.Reason,
        empty_value=SessionRequest.Reason.CLASS_CANCELLED.value,
        error_messages={"invalid_choice": _("Choose a reason from the list.")},
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        error_messages={
            "max_length": _("Shorten the note: 500 characters at most."),
            "null_characters_not_allowed": ODD_CHARACTER,
        },
    )

    def clean_pasted(self) -> list[PastedPerson]:
        people = parse_people(self.cleaned_data["pasted"])
        if len(people) > MAX_PURCHASES:
            raise forms.ValidationError(TOO_MANY.format(most=MAX_PURCHASES, count=len(people)))
        return people

    def clean_shown(self) -> set[str]:
        return set(self.cleaned_data["shown"].split())


class ReinstateAllForm(CheckForm):
    """The form that reinstates all ticked purchases."""

    def clean(self) -> None:
        ticked = self.cleaned_data.get("purchase", [])
        if not ticked and "purchase" not in self.errors:
            raise forms.ValidationError(NO_BOX_TICKED)
        if len(ticked) > MAX_PURCHASES:
            raise forms.ValidationError(
                TOO_MANY_TICKED.format(most=MAX_PURCHASES, count=len(ticked))
            )
