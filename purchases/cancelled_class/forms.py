"""Forms for the list of a cancelled class."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.cancelled_class.parser import (
    PastedPerson,
    TooManyParts,
    count_people,
    parse_people,
)
from purchases.cancelled_class.process import MAX_PURCHASES
from purchases.forms import OUT_OF_DATE, ExtendForm
from purchases.input_rules import UNUSUAL, plain_text
from purchases.models import Refusal, SessionRequest

ODD_CHARACTER = _("Remove the unusual character and paste it again.")
ODD_CHARACTER_OF = _("Remove the unusual character from “{name}” and paste it again.")
TOO_MANY = _("Paste at most {most} people. These are {count}: put the rest on a second list.")
TOO_MUCH_TEXT = _("This text is too long. Paste only the names, at most {most} people.")
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
            "max_length": format_lazy(TOO_MUCH_TEXT, most=MAX_PURCHASES),
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
        validators=[plain_text],
        error_messages={
            "max_length": _("Shorten the note: 500 characters at most."),
            "null_characters_not_allowed": ODD_CHARACTER,
        },
    )

    def clean_pasted(self) -> list[PastedPerson]:
        try:
            people = parse_people(self.cleaned_data["pasted"])
            count = count_people(people)
        except TooManyParts as error:
            people, count = [], error.count
        if count > MAX_PURCHASES:
            raise forms.ValidationError(TOO_MANY.format(most=MAX_PURCHASES, count=count))
        for person in people:
            if UNUSUAL.search(person.text):
                name = UNUSUAL.sub("", person.text)
                raise forms.ValidationError(ODD_CHARACTER_OF.format(name=name))
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


class ExtendAllForm(ExtendForm):
    """The form that extends all expired packs of a list. Their request ids are derived from it."""

    # Django removes an inherited field of which the name is set to None.
    request_id = None  # type: ignore[assignment]

    @property
    def is_new_request(self) -> bool:
        return True

    def clean_until(self) -> date | None:
        """Refuse a past day here, because each pack can be refused once only."""
        until = super().clean_until()
        if until and until < clock.today():
            raise forms.ValidationError(Refusal.PAST.label)
        return until

    @property
    def extension(self) -> dict[str, Any]:
        """Return the days or the last day, and the note."""
        return {name: self.cleaned_data[name] for name in ("days", "until", "note")}
