"""The models of the site, which Django imports from here; see `studio.accounts`."""

from studio.accounts.limits import RateLimit
from studio.accounts.membership import Membership
from studio.accounts.pin import Pin
from studio.accounts.policy import Allowance, Policy
from studio.accounts.second_factor.models import Passkey, RecoveryCode, SecondFactorRole, Totp
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import Session
from studio.accounts.user import User
from studio.database.backup.models import Backup
from studio.owner_pages.models import FinishedStep

__all__ = [
    "Allowance",
    "Backup",
    "FinishedStep",
    "Membership",
    "Passkey",
    "Pin",
    "Policy",
    "RateLimit",
    "RecoveryCode",
    "SecondFactorRole",
    "SecurityEvent",
    "Session",
    "Totp",
    "User",
]
