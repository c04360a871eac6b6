"""The forms of offers. Their errors are texts for the owner."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.currencies import decimals, minor_units
from purchases.forms import OUT_OF_DATE, ActionForm
from purchases.input_rules import UNUSUAL_CHARACTER, plain_line
from purchases.models import Offer
from purchases.operations.commands import OfferTerms, RetireOffer

MOST_SESSIONS = 10_000
MOST_DAYS = 3_650

NAME_IT = _("Type the name of the offer. Nothing was saved yet.")
CHOOSE_A_TYPE = _("Choose the type of the offer. Nothing was saved yet.")
HOW_MANY = _("Type how many sessions the offer has, at least 1. Nothing was saved yet.")
SESSIONS_TOO_MANY = _("Type at most 10,000 sessions. Nothing was saved yet.")
WRITE_A_NUMBER = _("Write a whole number, 0 or more. Nothing was saved yet.")
HOW_MANY_DAYS = _(
    "Type for how many days the offer is valid, from 1 to 3,650, or leave it empty if it never"
    " expires. Nothing was saved yet."
)


def price(text: str, currency: str) -> int:
    """Return the minor units of a typed price. Raise ValidationError with a text for the person."""
    try:
        cents = minor_units(text, currency)
    except ValueError:
        places = decimals(currency)
        example = "180" if places == 0 else f"180.{'0' * places}"
        problem = gettext("Type the price as a number, as in %(example)s. Nothing was saved yet.")
        raise forms.ValidationError(problem % {"example": example}) from None
    if cents < 0:
        raise forms.ValidationError(
            gettext("Type a price of 0 or more. Nothing was saved yet."), code="refused"
        )
    return cents


class OfferForm(ActionForm):
    """The terms of an offer, in the currency that the page names."""

    name = forms.CharField(
        max_length=200,
        validators=[plain_line],
        error_messages={
            "required": NAME_IT,
            "max_length": _("Shorten the name: 200 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    offer_type = forms.ChoiceField(
        choices=Offer.Type,
        error_messages={"required": CHOOSE_A_TYPE, "invalid_choice": CHOOSE_A_TYPE},
    )
    price = forms.CharField(
        max_length=30,
        error_messages={
            "required": _("Type the price, or 0. Nothing was saved yet."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    sessions = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_SESSIONS,
        error_messages={
            "invalid": HOW_MANY,
            "min_value": HOW_MANY,
            "max_value": SESSIONS_TOO_MANY,
        },
    )
    bonus = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SESSIONS,
        error_messages={
            "invalid": WRITE_A_NUMBER,
            "min_value": WRITE_A_NUMBER,
            "max_value": SESSIONS_TOO_MANY,
        },
    )
    valid_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages={
            "invalid": HOW_MANY_DAYS,
            "min_value": HOW_MANY_DAYS,
            "max_value": HOW_MANY_DAYS,
        },
    )
    # The last event of the offer that the page showed.
    seen = forms.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, error_messages={"invalid": OUT_OF_DATE}
    )

    def __init__(self, data: QueryDict, *, currency: str) -> None:
        super().__init__(data)
        self.currency = currency

    def clean_price(self) -> int:
        return price(self.cleaned_data["price"], self.currency)

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if self.errors:
            return
        if data["sessions"] is None and data["offer_type"] == Offer.Type.SINGLE_SESSION:
            data["sessions"] = 1
        needs_sessions = data["offer_type"] == Offer.Type.SESSION_PACK or data["bonus"]
        if data["sessions"] is None and needs_sessions:
            self.add_error("sessions", HOW_MANY)

    @property
    def command(self) -> OfferTerms:
        data = self.cleaned_data
        return OfferTerms(
            request_id=data["request_id"],
            name=data["name"],
            offer_type=data["offer_type"],
            price_cents=data["price"],
            currency=self.currency,
            sessions=data["sessions"],
            bonus=data["bonus"] or 0,
            valid_days=data["valid_days"],
        )


class RetireForm(ActionForm):
    """A form that retires an offer, or brings it back if it sends `back`."""

    back = forms.BooleanField(required=False)

    @property
    def command(self) -> RetireOffer:
        data = self.cleaned_data
        return RetireOffer(request_id=data["request_id"], is_active=data["back"])


class CopyForm(forms.Form):
    """The offer whose terms a new offer begins with."""

    copy = forms.UUIDField(required=False, error_messages={"invalid": OUT_OF_DATE})
