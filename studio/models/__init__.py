"""Who signs in, what each may do in which org, and what that org chose for its desk."""

from studio.models.member import MAY, Membership, User
from studio.models.policy import Allowance, Policy
from studio.models.session import Session

__all__ = ["MAY", "Allowance", "Membership", "Policy", "Session", "User"]
