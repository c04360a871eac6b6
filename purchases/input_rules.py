"""Rules for what people type. Each rule raises a ValidationError with one sentence for them.

Other programs write the shared tables too, so these rules are not database constraints.
"""

import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from purchases import clock

# The characters that embed or override a direction of text: one name could look like another.
DIRECTION = "\u202a-\u202e\u2066-\u2069"
# Control characters. The null character is missing, because every text field of Django refuses it.
UNUSUAL = re.compile(f"[\x01-\x1f\x7f-\x9f\u2028\u2029{DIRECTION}]")
UNUSUAL_IN_LINES = re.compile(f"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{DIRECTION}]")

UNUSUAL_CHARACTER = _("Remove the unusual character and try again.")
EXPIRY_BEFORE_PURCHASE = _("The expiry is before the purchase. Choose a later day.")

CLOCK_SKEW = timedelta(days=1)
OLDEST_PURCHASE = timedelta(days=20 * 366)
LATEST_EXPIRY = timedelta(days=100 * 366)


def plain_line(text: str) -> None:
    """Refuse control characters and direction overrides in a text of one line."""
    if UNUSUAL.search(text):
        raise ValidationError(UNUSUAL_CHARACTER)


def plain_text(text: str) -> None:
    """Refuse control characters and direction overrides in a text with tabs and several lines."""
    if UNUSUAL_IN_LINES.search(text):
        raise ValidationError(UNUSUAL_CHARACTER)


def not_negative(number: int) -> None:
    if number < 0:
        raise ValidationError(_("Write 0 or more."))


def currency_code(text: str) -> None:
    """Refuse all but three letters, in either case: the default of the shared tables is "aud"."""
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise ValidationError(_("Write the three letters of the currency, as in AUD."))


def email_address(text: str) -> None:
    try:
        validate_email(text)
    except ValidationError:
        problem = _("Write an e-mail address, as in ana@example.com, or leave it empty.")
        raise ValidationError(problem) from None


def time_of_purchase(time: datetime) -> None:
    """Refuse a mistyped year. The clock of the person may be ahead of the server's."""
    now = clock.now()
    if not now - OLDEST_PURCHASE <= time <= now + CLOCK_SKEW:
        problem = _("Choose the day of the purchase: not in the future, and at most 20 years ago.")
        raise ValidationError(problem)


def time_of_expiry(time: datetime) -> None:
    if time > clock.now() + LATEST_EXPIRY:
        problem = _(
            "Choose a day within the next 100 years, or leave it empty if the pack never expires."
        )
        raise ValidationError(problem)
