"""The approval of a request by an owner, who types a PIN or password at another member's desk."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purchases.member import Approval
from studio.accounts import pins, rate_limit, security_log, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.membership import Membership
from studio.accounts.origin import Origin
from studio.accounts.security_event import SecurityEvent

REFUSED = SecurityEvent.Kind.APPROVAL_REFUSED


def approval_problem(member: Membership, approval: Approval, origin: Origin) -> str | None:
    """Return None if the secret is that of another owner of the member's org.

    Otherwise, return the reason as a text for people. A wrong secret counts as a try, as at the
    desk.
    """
    owner = member.other_owners.filter(user=approval.user_id).first()
    if owner is None:
        security_log.record(REFUSED, detail="not_an_owner")
        return _("Choose an owner of your studio.")
    if not approval.secret:
        # A browser that sends the request again after an error omits the secret.
        return _("Nothing was changed yet: %(owner)s types the password or PIN again.") % {
            "owner": owner.name
        }
    try:
        if pins.verify(owner, approval.secret, origin, failure=REFUSED):
            return None
        standing = rate_limit.standing(owner.user.username, origin)
        left, wait = standing.tries_left, standing.wait
    except TooManyTries as refused:
        left, wait = 0, refused.wait
    if wait:
        message = _("Too many wrong tries. %(owner)s can confirm again in %(time)s.")
        return message % {"owner": owner.name, "time": waits.in_words(wait)}
    return ngettext(
        "That is not the password or PIN of %(owner)s. %(left)d try is left.",
        "That is not the password or PIN of %(owner)s. %(left)d tries are left.",
        left,
    ) % {"owner": owner.name, "left": left}
