"""E-mail addresses and phone numbers of demo clients.

The e-mail domains are reserved for examples. The phone numbers are close to those that Australia
and Britain reserve for films and books.
"""

from __future__ import annotations

import random
import re

from studio.demo.names import Name

# Spellings, with percentages.
EMAILS = {
    "{given}.{family}@example.org": 40,
    "{given}.{family}@example.com": 25,
    "{given}.{family}{number}@example.org": 10,
    "{given}{family}@example.com": 8,
    "{initial}{family}@example.org": 8,
    "{given}{number}@example.com": 5,
    "{given}_{family}@example.com": 4,
}
PHONES = {
    "+61 491 {middle} {last}": 60,
    "0491 {middle} {last}": 18,
    "+61491{middle}{last}": 6,
    "0491{middle}{last}": 6,
    "0491-{middle}-{last}": 3,
    "(0491) {middle} {last}": 2,
    "(02) 5550 7{last}": 3,
    "+44 7700 900{last}": 2,
}


class Contacts:
    """Generate unique addresses and numbers."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._dealt: set[str] = set()

    def email(self, name: Name) -> str:
        while True:
            [spelling] = self._rng.choices([*EMAILS], [*EMAILS.values()])
            local, _, host = spelling.format(
                given=name.given,
                family=name.family,
                initial=name.given[0],
                number=self._rng.randint(2, 99),
            ).partition("@")
            # Without a family name, strip the separator that would join it.
            if self._is_new(email := f"{local.strip('._')}@{host}"):
                return email

    def phone(self) -> str:
        while True:
            [spelling] = self._rng.choices([*PHONES], [*PHONES.values()])
            last = f"{self._rng.randint(0, 999):03}"
            phone = spelling.format(middle=self._rng.randint(570, 579), last=last)
            # The last nine digits identify a number in every spelling.
            if self._is_new(re.sub(r"\D", "", phone)[-9:]):
                return phone

    def _is_new(self, contact: str) -> bool:
        is_new = contact not in self._dealt
        self._dealt.add(contact)
        return is_new
