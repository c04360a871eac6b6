"""Somebody confirms with their own secret what another person, who stays signed in, is doing."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purchases.member import Approval
from studio.accounts import pins
from studio.accounts.membership import Membership


def approval_problem(member: Membership, approval: Approval) -> str | None:
    """None where the secret is that of an owner of the member's org, who is another person. Else
    why not, in words. Wrong ones count as those at the desk do."""
    owner = member.other_owners.filter(user=approval.user_id).first()
    if owner is None:
        return _("Choose an owner of your studio.")
    if not approval.secret:
        # A press that is tried again comes without it.
        return _("Nothing was changed yet: %(owner)s types the password or PIN again.") % {
            "owner": owner.name
        }
    try:
        if pins.verify(owner, approval.secret):
            return None
    except pins.LockedOut:
        pass
    left = pins.tries_left(owner)
    if left <= 0:
        locked = _("Too many wrong tries. %(owner)s can confirm again in 15 minutes.")
        return locked % {"owner": owner.name}
    return ngettext(
        "That is not the password or PIN of %(owner)s. %(left)d try is left.",
        "That is not the password or PIN of %(owner)s. %(left)d tries are left.",
        left,
    ) % {"owner": owner.name, "left": left}
