"""The account with which a person signs in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db.models import F

# The sign in the user name of an invited person between the proposed name and the org. No person
# can choose a name with it.
INVITED_TO = "#"

if TYPE_CHECKING:
    from studio.accounts.membership import Membership


class User(AbstractUser):
    """A person who signs in. The role of their membership decides what they may do."""

    # The name of the studio that a new owner is about to get. The rules of passwords read it.
    future_studio = ""

    @cached_property
    def membership(self) -> Membership:
        """Return the membership that the session has open, which `valid_session` sets. Otherwise,
        return the one that a sign-in opens. Raise AttributeError without a membership."""
        if (last_used := self.last_used_membership()) is None:
            raise AttributeError("the user has no membership")
        return last_used

    def last_used_membership(self) -> Membership | None:
        """Return the active membership that was opened last, or the only active one.

        Return None without an active membership, and if the person has to choose: several are
        active, and the person has opened none of them yet.
        """
        memberships = self.memberships.filter(is_active=True).select_related("org__policy")
        first = list(memberships.order_by(F("opened_at").desc(nulls_last=True), "pk")[:2])
        if not first or (len(first) > 1 and first[0].opened_at is None):
            return None
        first[0].user = self
        return first[0]

    def belongs_only_to(self, org_id: Any) -> bool:
        """Return whether the user has no membership of another org, active or not."""
        return not self.memberships.exclude(org=org_id).exists()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("membership", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def shown_username(self) -> str:
        """Return the user name. For an invited person, it is the one that the owner proposed."""
        return self.username.partition(INVITED_TO)[0]

    def __str__(self) -> str:
        return self.shown_username

    def get_short_name(self) -> str:
        """Return the first name, or the user name of a user without one."""
        return super().get_short_name() or self.shown_username
