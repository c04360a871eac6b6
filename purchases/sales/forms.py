"""The forms of a sale. Their errors are texts for the person at the desk."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.acts.forms import FindClientForm
from purchases.forms import LINK_IS_MANGLED, NoteForm, is_new
from purchases.input_rules import (
    EXPIRY_BEFORE_PURCHASE,
    LATEST_EXPIRY,
    UNUSUAL_CHARACTER,
    email_address,
    plain_line,
)
from purchases.models import Offer, Purchase
from purchases.offers.forms import MOST_SESSIONS, price
from purchases.operations.commands import NewClient, Sell
from purchases.operations.sales import new_client_id
from purchases.sales.terms import PaidBy, expiry_of

CHOOSE_WHO_BUYS = _("Choose a client, or type the name of a new one. Nothing was sold yet.")
CHOOSE_AN_OFFER = _("Choose what you sell. Nothing was sold yet.")
CHOOSE_HOW_PAID = _("Choose how it was paid, or “Not paid yet”. Nothing was sold yet.")
TYPE_THE_PRICE = _("Type the price, or 0. Nothing was sold yet.")
WRITE_SESSIONS = _(
    "Type a whole number of sessions up to 10,000, or leave it empty if they are not counted."
    " Nothing was sold yet."
)
CHOOSE_A_LAST_DAY = _(
    "Choose the last day within the next 100 years, or leave it empty if it never expires."
    " Nothing was sold yet."
)

line = partial(
    forms.CharField,
    required=False,
    max_length=200,
    validators=[plain_line],
    error_messages={
        "max_length": _("Shorten this: 200 characters at most."),
        "null_characters_not_allowed": UNUSUAL_CHARACTER,
    },
)


class ChooseForm(FindClientForm):
    """The client and the offer that the URL chooses, and a search for clients."""

    client = forms.UUIDField(required=False, error_messages={"invalid": LINK_IS_MANGLED})
    offer = forms.UUIDField(required=False, error_messages={"invalid": LINK_IS_MANGLED})


class SellForm(NoteForm):
    """A sale of an offer. `filled_for` is the offer that filled the fields last."""

    client = forms.UUIDField(required=False, error_messages={"invalid": CHOOSE_WHO_BUYS})
    full_name = line()
    email = line()
    phone = line()
    offer = forms.UUIDField(
        error_messages={"required": CHOOSE_AN_OFFER, "invalid": CHOOSE_AN_OFFER}
    )
    filled_for = forms.CharField(required=False, max_length=40)
    price = forms.CharField(
        required=False,
        max_length=30,
        error_messages={"null_characters_not_allowed": UNUSUAL_CHARACTER},
    )
    sessions = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SESSIONS,
        error_messages={
            "invalid": WRITE_SESSIONS,
            "min_value": WRITE_SESSIONS,
            "max_value": WRITE_SESSIONS,
        },
    )
    expires = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": CHOOSE_A_LAST_DAY},
    )
    paid_by = forms.ChoiceField(
        choices=PaidBy,
        error_messages={"required": CHOOSE_HOW_PAID, "invalid_choice": CHOOSE_HOW_PAID},
    )

    def __init__(self, data: QueryDict, *, offer: Offer | None) -> None:
        super().__init__(data)
        # The chosen offer, for its currency.
        self.chosen = offer

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email:
            email_address(email)
        return email

    def clean_price(self) -> int | None:
        typed = self.cleaned_data["price"]
        if self.chosen is None:
            return None
        if not typed:
            raise forms.ValidationError(TYPE_THE_PRICE)
        return price(typed, self.chosen.currency)

    def clean_expires(self) -> date | None:
        """Refuse a day that is past. A retry of an accepted request is accepted."""
        last_day: date | None = self.cleaned_data["expires"]
        today = clock.today()
        if last_day and last_day > today + LATEST_EXPIRY:
            raise forms.ValidationError(CHOOSE_A_LAST_DAY)
        request_id = self.cleaned_data.get("request_id")
        if last_day and last_day < today and (request_id is None or is_new(request_id)):
            raise forms.ValidationError(EXPIRY_BEFORE_PURCHASE, code="refused")
        return last_day

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if "client" in data and not data["client"] and not data.get("full_name", "-"):
            self.add_error("full_name", CHOOSE_WHO_BUYS)

    @property
    def is_filled(self) -> bool:
        """Return whether the fields have been filled for the chosen offer, so that the person has
        seen their values."""
        return self.chosen is None or self.data.get("filled_for") == str(self.chosen.pk)

    @property
    def status(self) -> int:
        """Return the status of the page with the errors: 409 if a value is refused, else 400."""
        errors = [error for errors in self.errors.as_data().values() for error in errors]
        return 409 if any(error.code == "refused" for error in errors) else 400

    @property
    def command(self) -> Sell:
        data: dict[str, Any] = self.cleaned_data
        assert self.chosen is not None
        is_paid = data["paid_by"] != PaidBy.NOT_YET
        new = None if data["client"] else self._new_client()
        client_id: UUID = data["client"] or new_client_id(data["request_id"])
        status = Purchase.PaymentStatus
        return Sell(
            request_id=data["request_id"],
            client_id=client_id,
            offer_id=data["offer"],
            sessions_total=data["sessions"],
            amount_paid_cents=data["price"],
            currency=self.chosen.currency,
            payment_status=status.SUCCEEDED if is_paid else status.PENDING,
            payment_method=data["paid_by"] if is_paid else None,
            expires_at=expiry_of(data["expires"]),
            note=data["note"],
            new_client=new,
            refuses_retired=True,
        )

    def _new_client(self) -> NewClient:
        data = self.cleaned_data
        return NewClient(
            full_name=data["full_name"], email=data["email"] or None, phone=data["phone"] or None
        )
