"""Generate searches as a member at the desk would type them."""

from __future__ import annotations

import random
import re

from benchmarks.postgres import Database

# The weight of each kind of search: a prefix of one word, of two words, of an e-mail, or digits.
KINDS = {"letters": 50, "two words": 20, "email": 15, "phone": 15}
SELECT_CLIENTS = """
    SELECT full_name, email, phone FROM clients
    WHERE email IS NOT NULL AND phone IS NOT NULL AND full_name LIKE '%% %%' ORDER BY id LIMIT %s
"""


def searches(database: Database, count: int) -> list[str]:
    """Return `count` searches, which are the same in each run."""
    rng = random.Random(count)
    kinds = rng.choices([*KINDS], [*KINDS.values()], k=count)
    clients = database.execute(SELECT_CLIENTS, count)
    return [
        _typed(kind, name, email, phone, rng)
        for kind, (name, email, phone) in zip(kinds, clients, strict=True)
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
