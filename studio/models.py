"""The models of the site, where Django looks for them. They are defined in `studio.accounts`."""

from studio.accounts.membership import Membership
from studio.accounts.policy import Allowance, Policy
from studio.accounts.session import Session
from studio.accounts.user import User

__all__ = ["Allowance", "Membership", "Policy", "Session", "User"]
