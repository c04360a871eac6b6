"""The accounts of people who belong to several studios: no owner changes such an account."""

from django.conf import settings
from django.utils.translation import gettext as _

from studio.accounts.user import User


def belongs_to_others(maker: User, user: User) -> bool:
    """Return whether `maker` may not change the account, because of another studio of the person.

    A superuser may.
    """
    own = getattr(maker, "membership", None)
    return not maker.is_superuser and not user.belongs_only_to(own and own.org_id)


def own_password() -> str:
    """Return why an owner makes no link for a person of several studios, and what helps."""
    if settings.SENDS_EMAIL:
        return _(
            "%(name)s belongs to another studio too, so only %(name)s changes the password: by "
            "“Forgot your password?” on the sign-in page."
        )
    return _(
        "%(name)s belongs to another studio too, so you cannot make a link. The person who runs "
        "this site can make one."
    )


def own_second_factor() -> str:
    return _(
        "%(name)s belongs to another studio too, so you cannot remove the second factor. A "
        "recovery code signs %(name)s in, and the person who runs this site can remove it."
    )
