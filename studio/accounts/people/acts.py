"""The acts of an owner on a member, each recorded in the security log.

An owner changes the membership. The account belongs to the person: an owner changes it only if the
person belongs to no other studio.
"""

from studio.accounts import pins, rate_limit, security_log
from studio.accounts.membership import Membership
from studio.accounts.people.account_changes import lock, record_changes
from studio.accounts.people.guards import change_of_people
from studio.accounts.permissions import Role
from studio.accounts.second_factor import factors
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import Session, close_in_sessions, end_sessions_of
from studio.accounts.user import User

Kind = SecurityEvent.Kind


def change_role(member: Membership, role: Role) -> None:
    """Give the member a role. Raise `LastOwner` if the studio would lose its last owner."""
    with change_of_people():
        before = lock(member.user_id)
        Membership.objects.filter(pk=member.pk).update(role=role)
        record_changes(member.user_id, before)


def is_beyond(maker: User, user: User) -> bool:
    """Return whether only a superuser may change the account: its rights reach beyond a studio."""
    return user.is_superuser and not maker.is_superuser


def switch_off(member: Membership) -> None:
    """Close the studio to the person from the next request on. Raise `LastOwner` as `change_role`.

    The account stays on. A person without another studio is signed out.
    """
    with change_of_people():
        before = lock(member.user_id)
        Membership.objects.filter(pk=member.pk).update(is_active=False)
        record_changes(member.user_id, before)
        if member.user.memberships.filter(is_active=True).exists():
            close_in_sessions(member)
        else:
            end_sessions_of(member.user)


def switch_on(member: Membership) -> bool:
    """Open the studio to the person again. Return whether the account is on too.

    An account that is switched off goes on again, if the person belongs to no other studio.
    """
    user = member.user
    with change_of_people():
        before = lock(user.pk)
        Membership.objects.filter(pk=member.pk).update(is_active=True)
        is_on = user.is_active or user.belongs_only_to(member.org_id)
        if is_on and not user.is_active:
            User.objects.filter(pk=user.pk).update(is_active=True)
        record_changes(user.pk, before)
    return is_on


def clear_pin(member: Membership) -> None:
    pins.clear_pin(member)
    security_log.record(Kind.PIN_CLEARED, account_id=member.user_id)


def unlock(user: User) -> bool:
    """End the delays of the account. Return whether that was possible: once an hour."""
    is_lifted = rate_limit.lift(user.username)
    if is_lifted:
        security_log.record(Kind.TRIES_RESET, account_id=user.pk)
    return is_lifted


def remove_second_factors(user: User) -> bool:
    """Remove the second factors of a person, and return whether there was any."""
    is_removed = factors.remove_all(user)
    if is_removed:
        security_log.record(Kind.FACTOR_REMOVED, account_id=user.pk)
    return is_removed


def sign_out_of_studio(member: Membership) -> None:
    """End the sessions of the person that have the studio of the membership open."""
    Session.objects.filter(membership=member.pk).delete()
    security_log.record(Kind.SESSION_ENDED, account_id=member.user_id)


def sign_out_everywhere(user: User) -> None:
    end_sessions_of(user)
    security_log.record(Kind.SESSION_ENDED, account_id=user.pk)


def sign_out_of(session: Session) -> None:
    """Sign the person of the session out of its browser."""
    Session.objects.filter(pk=session.pk).delete()
    security_log.record(Kind.SESSION_ENDED, account_id=session.user_id, detail="1")
