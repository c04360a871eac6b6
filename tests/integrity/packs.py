"""Packs of one test, and calls of the functions on them."""

from uuid import UUID

from purchases.models import Purchase
from studio.models import User
from tests.database import value
from tests.factories import make_purchase


def pack(mia: User, *, total: int = 3, used: int = 0) -> Purchase:
    return make_purchase(org=mia.membership.org, total=total, used=used)


def call(function: str, purchase_id: UUID) -> object:
    return value(f"SELECT public.{function}(%s)", purchase_id)
