"""The refusals of the database about the people of a studio, as exceptions with a text.

The trigger function keep_an_owner() refuses a change that leaves a studio without an owner who can
sign in. The unique index of user names refuses the second of two concurrent invitations, and that
of memberships the second of two that the same person accepts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from studio.database.errors import violated_constraint

LAST_OWNER = "an_org_keeps_an_owner_who_can_sign_in"
USERNAME = "studio_user_username_key"
MEMBERSHIP = "a_person_has_one_membership_of_an_org"

LAST_OWNER_TEXT = _(
    "Nothing was changed: a studio needs an owner who can sign in. Make another person an owner "
    "first, and let them sign in."
)


class LastOwner(Exception):
    """The change would leave the studio without an owner who can sign in."""


class NameTaken(Exception):
    """Another person got the user name at the same moment."""


class AlreadyMember(Exception):
    """The person has a membership of the org, active or not."""


REFUSALS: dict[str, type[Exception]] = {
    LAST_OWNER: LastOwner,
    USERNAME: NameTaken,
    MEMBERSHIP: AlreadyMember,
}


@contextmanager
def change_of_people() -> Iterator[None]:
    """Run a change in a transaction. Raise one of REFUSALS if the database refuses it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = REFUSALS.get(violated_constraint(error))
        if refusal is None:
            raise
        raise refusal from error
