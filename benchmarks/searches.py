"""What a person at the desk types to find somebody who is there."""

from __future__ import annotations

import random
import re

from benchmarks.postgres import Database

# Of a hundred: the first letters of a name, of two of them, of an e-mail, some digits.
KINDS = {"letters": 50, "two words": 20, "email": 15, "phone": 15}
SOMEBODY = """
    SELECT full_name, email, phone FROM clients
    WHERE email IS NOT NULL AND phone IS NOT NULL AND full_name LIKE '%% %%' ORDER BY id LIMIT %s
"""


def searches(database: Database, count: int) -> list[str]:
    """As many, the same each time. Names that begin alike are found together, as they are."""
    rng = random.Random(count)
    kinds = rng.choices([*KINDS], [*KINDS.values()], k=count)
    people = database.ask(SOMEBODY, count)
    return [
        _typed(kind, name, email, phone, rng)
        for kind, (name, email, phone) in zip(kinds, people, strict=True)
    ]


def _typed(kind: str, name: str, email: str, phone: str, rng: random.Random) -> str:
    words = name.split()
    if kind == "letters":
        return rng.choice(words)[: rng.randint(1, 4)]
    if kind == "two words":
        return f"{words[0][: rng.randint(1, 4)]} {words[-1][: rng.randint(1, 4)]}"
    if kind == "email":
        return email[: rng.randint(4, len(email))]
    digits = re.sub(r"\D", "", phone)
    return digits[-rng.randint(3, 9) :]
