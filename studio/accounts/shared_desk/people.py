"""The members who may take over a shared desk, with the letter keys that choose them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from studio.accounts.membership import Membership


@dataclass(frozen=True)
class Person:
    member: Membership
    name: str
    # Empty if earlier members have taken every letter of the name.
    letter: str


def who_may_act(signed_in: Membership) -> QuerySet[Membership]:
    """Return the members of the org with a PIN, and the signed-in member."""
    return (
        Membership.usable()
        .filter(org=signed_in.org_id)
        .filter(Q(pin__isnull=False) | Q(pk=signed_in.pk))
        .select_related("user", "pin")
        .defer("pin__hash")
        .order_by("user__first_name", "user__last_name", "user__username")
    )


def with_letters(members: Iterable[Membership]) -> list[Person]:
    """Assign each member the first letter of their name that no earlier member has."""
    people: list[Person] = []
    taken: set[str] = set()
    for member in members:
        name = member.user.get_full_name() or member.user.get_username()
        letter = next((c for c in name.lower() if c.isalpha() and c not in taken), "")
        taken.add(letter)
        people.append(Person(member, name, letter))
    return people
