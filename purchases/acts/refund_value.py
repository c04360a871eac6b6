"""The arithmetic of a refund: the price of a session times the unused sessions."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from purchases.models import Purchase


@dataclass(frozen=True)
class RefundValue:
    """The value of the unused sessions of a purchase. Amounts are in cents."""

    paid_cents: int
    sessions: int
    unused: int
    unused_cents: int
    # Rounded, as unused_cents is: it is computed from the price, not from this.
    session_cents: int
    # The sessions that the offer adds for free. The price is divided by all sessions.
    bonus: int


def refund_value(purchase: Purchase) -> RefundValue | None:
    """Return the value of the unused sessions, or None if the purchase has no usable count."""
    total, left = purchase.sessions_total, purchase.sessions_remaining
    if not total or total < 0 or left is None or not 0 <= left <= total:
        return None
    paid = Decimal(purchase.amount_paid_cents)
    included, bonus = purchase.offer.sessions_included, purchase.offer.bonus_sessions or 0
    has_bonus = bonus > 0 and included is not None and included + bonus == total
    return RefundValue(
        paid_cents=purchase.amount_paid_cents,
        sessions=total,
        unused=left,
        unused_cents=_rounded(paid * left / total),
        session_cents=_rounded(paid / total),
        bonus=bonus if has_bonus else 0,
    )


def _rounded(cents: Decimal) -> int:
    return int(cents.quantize(Decimal(1), ROUND_HALF_UP))
