from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

IN_CENTS = _("In cents: write 20000 for 200.00.")


def money(cents: int, currency: str) -> str:
    """ "200.00 AUD"."""
    return f"{number_format(Decimal(cents) / 100, 2, force_grouping=True)} {currency.upper()}"
