"""Links by which a person chooses a password. Each works once and for 24 hours.

The tokens are those of Django. Choosing a password changes the hash on which a token depends, and
so ends every link of the account. An invited person has no usable password until then.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from purchases import clock
from studio.accounts.membership import Membership
from studio.accounts.permissions import Role
from studio.accounts.user import User


class LinkTokens(PasswordResetTokenGenerator):
    """Django's tokens. They also end if the person becomes a superuser or gets another studio.

    Otherwise, the link of an owner could open an account for which the owner may not make one.
    """

    key_salt = "studio.accounts.links"

    def check_token(self, user: Any, token: str | None) -> bool:
        return user is not None and user.is_active and super().check_token(user, token)

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        orgs = " ".join(str(org_id) for org_id in sorted(_orgs_of(user))) or None
        value = super()._make_hash_value(user, timestamp)
        return f"{value} {user.is_superuser} {orgs}"

    def _now(self) -> datetime:
        # Django's local time would make a link last 23 or 25 hours when summer time changes.
        return clock.now().astimezone(UTC).replace(tzinfo=None)


TOKENS = LinkTokens()


def is_invited(user: User) -> bool:
    """Return whether the person has not chosen a password yet."""
    return not user.has_usable_password()


def may_make_link(maker: User, user: User) -> bool:
    """Return whether `maker` may make a link for the account of another person.

    An owner may for a person who belongs to the studio that the owner has open, and to no other
    one, and who is not a superuser. A superuser may for an account without a studio, and for an
    invited person of any studio. The password of a member of another studio is not theirs to
    replace.
    """
    if user.pk == maker.pk or not user.is_active:
        return False
    if user.is_superuser and not maker.is_superuser:
        return False
    orgs = _orgs_of(user)
    if maker.is_superuser and (not orgs or is_invited(user)):
        return True
    own: Membership | None = getattr(maker, "membership", None)
    may = own is not None and (maker.is_superuser or own.role == Role.OWNER)
    return may and orgs == {own and own.org_id}


def _orgs_of(user: User) -> set[UUID]:
    """Return the orgs of the user. A membership that is switched off counts too."""
    return set(Membership.objects.filter(user=user.pk).values_list("org_id", flat=True))


def end_former_invitation(user: User) -> None:
    """End the earlier links of an invited person. Those of other people end when one is used."""
    if not is_invited(user):
        return
    former = user.password
    user.set_unusable_password()
    # The person may have chosen a password in the meantime.
    if not User.objects.filter(pk=user.pk, password=former).update(password=user.password):
        user.refresh_from_db()


def site_of(request: HttpRequest) -> str:
    """Return the beginning of each URL of the site. Django checks the host by ALLOWED_HOSTS."""
    return f"{request.scheme}://{request.get_host()}"


def make_link(user: User, site: str) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return site + reverse("choose_password", args=[uid, TOKENS.make_token(user)])
