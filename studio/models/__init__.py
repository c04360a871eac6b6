"""Who signs in, what each may do in which org, and what that org chose for its desk."""

from studio.models.member import MAY, Membership, MembershipQuerySet, User
from studio.models.policy import Allowance, Policy

__all__ = ["MAY", "Allowance", "Membership", "MembershipQuerySet", "Policy", "User"]
