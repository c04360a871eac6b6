"""Invitations, and links for a new password: made, sent or shown, accepted, and withdrawn.

No form takes the password of another person.
"""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.admin.utils import NestedObjects
from django.db import router, transaction
from django.http import HttpRequest
from django.utils import translation

from studio.accounts import mail, security_log
from studio.accounts.links import (
    TOKENS,
    end_former_invitation,
    is_invited,
    make_link,
    may_make_link,
    site_of,
)
from studio.accounts.membership import Membership
from studio.accounts.people.account_changes import account, record_changes
from studio.accounts.people.guards import AlreadyMember, change_of_people
from studio.accounts.security_event import SecurityEvent
from studio.accounts.user import User

Kind = SecurityEvent.Kind


@dataclass(frozen=True)
class Link:
    """A link for the account of a person, or the fact that an e-mail brings it."""

    user: User
    # None if an e-mail brings the link.
    url: str | None


def hand_over_link(request: HttpRequest, user: User) -> Link:
    """Send a link to the person by e-mail, or return it if that is not possible.

    The page with the link is the response to the form itself, so that no link is stored.
    """
    site, language = site_of(request), translation.get_language()
    security_log.record(Kind.INVITED if is_invited(user) else Kind.LINK_MADE, account_id=user.pk)
    if not (settings.SENDS_EMAIL and user.email):
        return Link(user, make_link(user, site))
    send = partial(mail.send_link, user, site, language)
    # An invitation that is rolled back is not sent.
    transaction.on_commit(partial(mail.in_background, send))
    return Link(user, None)


def new_link(request: HttpRequest, maker: User, user: User) -> Link | None:
    """Hand over a new link, which ends an earlier invitation. Return None if `maker` may not."""
    if not may_make_link(maker, user):
        return None
    end_former_invitation(user)
    return hand_over_link(request, user)


def join(user: User, invited_id: int, token: str) -> Membership | None:
    """Give the membership of an invited person to an account that exists, whose owner asks for it.

    Return None if the invitation is not valid any more. Raise `AlreadyMember` if the account
    belongs to the studio, active or not. The account of the invitation is deleted.
    """
    with change_of_people():
        invited = User.objects.select_for_update().filter(pk=invited_id).first()
        if invited is None or not is_invited(invited) or invited.is_superuser:
            return None
        member = invited.memberships.first()
        if member is None or not TOKENS.check_token(invited, token):
            return None
        if user.memberships.filter(org=member.org_id).exists():
            raise AlreadyMember
        Membership.objects.filter(pk=member.pk).update(user=user)
        _delete(invited)
        security_log.record(
            Kind.JOINED,
            account_id=user.pk,
            actor_id=user.pk,
            org_id=member.org_id,
            detail=f"{member.role} {invited_id}",
        )
    return Membership.objects.select_related("org", "user").get(pk=member.pk)


def withdraw_invitation(maker: User, user_id: int) -> bool:
    """Delete the account of a person who has not chosen a password. Return whether `maker` may.

    The lock lets a person who chooses a password at this moment keep the account.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None or not (is_invited(user) and may_make_link(maker, user)):
            return False
        delete_account(user)
    return True


def delete_account(user: User) -> None:
    user_id, before = user.pk, account(user.pk)
    _delete(user)
    record_changes(user_id, before)


def _delete(user: User) -> None:
    # `user.delete()` would delete from the admin's log without looking: studio_app may not.
    collector = NestedObjects(using=router.db_for_write(User))
    collector.collect([user])
    collector.delete()
