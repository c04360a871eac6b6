"""Whom the desk can be handed to, each with the letter that chooses them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from studio.accounts.membership import Membership


@dataclass(frozen=True)
class Person:
    member: Membership
    name: str
    # Empty where the others have all the letters of the name.
    letter: str


def who_may_act(signed_in: Membership) -> QuerySet[Membership]:
    """Everybody of the org who has a code, and who signed this computer in."""
    return (
        Membership.objects.filter(org=signed_in.org_id, user__is_active=True)
        .filter(~Q(pin="") | Q(pk=signed_in.pk))
        .select_related("user")
        .order_by("user__first_name", "user__last_name", "user__username")
    )


def with_letters(members: Iterable[Membership]) -> list[Person]:
    """The first letter of the name that nobody before them has."""
    people: list[Person] = []
    taken: set[str] = set()
    for member in members:
        name = member.user.get_full_name() or member.user.get_username()
        letter = next((c for c in name.lower() if c.isalpha() and c not in taken), "")
        taken.add(letter)
        people.append(Person(member, name, letter))
    return people
