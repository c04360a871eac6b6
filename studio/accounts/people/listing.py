"""The members of a studio with what an owner sees of them, in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, QuerySet

from studio.accounts import rate_limit
from studio.accounts.links import is_invited
from studio.accounts.membership import Membership
from studio.accounts.open_sessions import OpenSession, open_sessions
from studio.accounts.permissions import Role
from studio.accounts.second_factor import factors


@dataclass(frozen=True)
class Person:
    member: Membership
    has_factor: bool
    sessions: list[OpenSession]
    # None if no delay holds.
    locked_until: datetime | None
    # Whether the person has a membership of another org. The account is then not the owner's.
    belongs_elsewhere: bool

    @property
    def state(self) -> str:
        if not self.member.is_usable:
            return "off"
        return "invited" if is_invited(self.member.user) else "active"

    @property
    def is_owner_who_can_sign_in(self) -> bool:
        return self.member.role == Role.OWNER and self.state == "active"


def members_of(org_id: UUID) -> QuerySet[Membership]:
    """Return the members of the org with their accounts, and their PINs without the hashes."""
    members = Membership.objects.filter(org=org_id).select_related("user", "pin").defer("pin__hash")
    elsewhere = Membership.objects.filter(user=OuterRef("user")).exclude(org=org_id)
    return members.annotate(has_factor=factors.of_member(), belongs_elsewhere=Exists(elsewhere))


def people_of(org_id: UUID, *, this: str | None = None) -> list[Person]:
    """Return the people of the org: those who can sign in, then the invited, then the others.

    `this` is the key of the session that asks.
    """
    members = list(members_of(org_id).order_by("user__first_name", "user__last_name", "pk"))
    people = _with_facts(org_id, members, this)
    order = ["active", "invited", "off"]
    return sorted(people, key=lambda person: order.index(person.state))


def person_of(org_id: UUID, member_id: int, *, this: str | None = None) -> Person | None:
    """Return the person of the org with this membership, or None."""
    people = _with_facts(org_id, list(members_of(org_id).filter(pk=member_id)), this)
    return people[0] if people else None


def is_last_owner(person: Person) -> bool:
    """Return whether no other owner of the org can sign in. The database decides in the end."""
    if not person.is_owner_who_can_sign_in:
        return False
    others = person.member.other_owners
    return not others.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def _with_facts(org_id: UUID, members: list[Membership], this: str | None) -> list[Person]:
    sessions = open_sessions([member.user for member in members], this=this, org_id=org_id)
    waits = rate_limit.waits(member.user.username for member in members)
    return [
        Person(
            member=member,
            has_factor=bool(getattr(member, "has_factor", False)),
            sessions=sessions.get(member.user_id, []),
            locked_until=waits.get(member.user.username),
            belongs_elsewhere=bool(getattr(member, "belongs_elsewhere", False)),
        )
        for member in members
    ]
