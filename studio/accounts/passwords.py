"""A password validator for words that everybody at a studio would try first."""

import re
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
        pk = getattr(user, "pk", None)
        if pk is None:
            return set()
        names = Membership.objects.filter(user=pk).values_list("org__name", flat=True)
        parts = {part for name in names for part in [name, *name.split()]}
        return {re.sub(r"[\W\d_]", "", part.casefold()) for part in parts} - {""}
