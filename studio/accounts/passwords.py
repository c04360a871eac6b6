"""Password validators for leaked passwords, and for words that everybody at a studio would try."""

import re
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from studio.accounts.membership import Membership

# In alphabetical order. docs/security/sign-in.md points here.
WORDS = """
    barre client dance desk fitness frontdesk gym instructor lesson mat member music owner pack
    password pilates purchase reformer reinstate session staff studio teacher trainer training
    welcome workout yoga
"""


# The fields for a password at the desk take no more.
LONGEST = 200


class MaximumLength:
    """Refuse a password that is too long for the fields in which the person would type it."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(
                _("This password is too long. It must have at most %(count)d characters."),
                code="password_too_long",
                params={"count": LONGEST},
            )

    def get_help_text(self) -> str:
        return _("Your password must have at most %(count)d characters.") % {"count": LONGEST}


class LeakedPasswords:
    """Refuse the passwords of the package zxcvbn: the 30,000 most frequent ones of known leaks.

    Django's list has 20,000 of another collection, of which 8,400 are long enough for a password.
    This list adds 7,900.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if password.casefold().strip() in leaked_passwords():
            raise ValidationError(
                _("This password is in a list of leaked passwords. Choose another one."),
                code="password_leaked",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be one that is known from a leak.")


@cache
def leaked_passwords() -> frozenset[str]:
    # Only people who choose a password need the list, so it is loaded late.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


class StudioWords:
    """Refuse a word of a studio, or the name of the person's studio, with digits around it."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = re.sub(r"[\W\d_]", "", password.casefold())
        if letters in {*WORDS.split(), *self.names_of(user)}:
            raise ValidationError(
                _("Everybody at a studio would try this password first. Choose another one."),
                code="password_of_a_studio",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be a word of your studio, such as its name.")

    def names_of(self, user: Any) -> set[str]:
        pk, names = getattr(user, "pk", None), [getattr(user, "future_studio", "")]
        if pk is not None:
            names += Membership.objects.filter(user=pk).values_list("org__name", flat=True)
        parts = {part for name in names for part in [name, *name.split()]}
        return {re.sub(r"[\W\d_]", "", part.casefold()) for part in parts} - {""}
