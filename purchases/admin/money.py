"""Amounts of money in the forms of the admin: typed as "180.00", and stored in minor units."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.functional import cached_property

from purchases.admin.row_form import RowForm
from purchases.currencies import amount, minor_units
from purchases.offers.forms import price

# One currency for each number of decimals.
ANY_DECIMALS = ["jpy", "aud", "bhd"]
# The currency of a form whose currency is missing. It has two decimals.
USUAL = "aud"


class AmountField(forms.Field):
    """The text of an amount. `MoneyForm` converts it, because it knows the currency."""

    def __init__(self, **kwargs: Any) -> None:
        widget = AdminTextInputWidget(attrs={"inputmode": "decimal"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: str | None) -> str | None:
        return (value or "").strip() or None

    def validate(self, value: str | None) -> None:
        """Refuse a text that is an amount of no currency."""
        super().validate(value)
        if value is not None and not any(is_amount(value, currency) for currency in ANY_DECIMALS):
            price(value, USUAL)


class MoneyForm(RowForm):
    """A form of a row with an amount and its currency.

    A subclass declares an `AmountField` with the name of the column.
    """

    amount_name: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored: int | None = getattr(self.instance, self.amount_name)
        if self.stored is not None:
            self.initial[self.amount_name] = str(amount(self.stored, self.instance.currency))

    @cached_property
    def changed_data(self) -> list[str]:
        """Return the names of the changed fields. Another currency changes the amount too, because
        it decides the minor units."""
        names: list[str] = super().changed_data
        if self.amount_name in self.fields and "currency" in names:
            names = [*names, self.amount_name]
        return list(dict.fromkeys(names))

    def clean(self) -> dict[str, Any] | None:
        """Convert the typed amount to minor units. An amount that stays may be an odd value."""
        text = self.cleaned_data.get(self.amount_name)
        if text is not None:
            try:
                self.cleaned_data[self.amount_name] = self._minor_units(text)
            except forms.ValidationError as problem:
                self.add_error(self.amount_name, problem)
        return super().clean()

    def _minor_units(self, text: str) -> int:
        if self.stored is not None and self.amount_name not in self.changed_data:
            return self.stored
        return price(text, self.cleaned_data.get("currency") or USUAL)


def is_amount(text: str, currency: str) -> bool:
    try:
        minor_units(text, currency)
    except ValueError:
        return False
    return True
