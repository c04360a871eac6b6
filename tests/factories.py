"""Factories for rows. Arguments that a test omits get sensible defaults."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from purchases.models import Client, Offer, Org, Purchase
from studio.demo.malformed_rows import without_count_constraint
from studio.models import Membership, Session, User

PASSWORD = "a-long-test-password"


def make_org(*, name: str = "Northside Pilates") -> Org:
    return Org.objects.create(name=name, slug=name.lower().replace(" ", "-"))


def make_user(*, username: str, org: Org | None = None, role: str = "staff") -> User:
    user = User.objects.create_user(username, password=PASSWORD, first_name=username.title())
    if org:
        Membership.objects.create(user=user, org=org, role=role)
    return user


def keep_signed_in(until: datetime) -> None:
    """Store a use of every session at this time, so that none has ended by then."""
    Session.objects.update(last_used_at=until, expire_date=until + timedelta(hours=1))


def make_client(
    *, org: Org, name: str = "Ana Ruiz", email: str | None = None, phone: str | None = None
) -> Client:
    return Client.objects.create(org=org, full_name=name, email=email, phone=phone)


def make_offer(*, org: Org, name: str = "10-class pack", offer_type: str = "session_pack") -> Offer:
    return Offer.objects.create(org=org, name=name, offer_type=offer_type, price_cents=20000)


def make_purchase(
    *,
    org: Org,
    client: Client | None = None,
    offer: Offer | None = None,
    total: int | None = 10,
    used: int | None = 3,
    expires_at: datetime | None = None,
    payment_status: str | None = "succeeded",
    **columns: Any,
) -> Purchase:
    """Create a purchase: by default 3 of 10 sessions are used, and it is paid.

    A count outside 0 to total is inserted without the constraint, as a legacy row would have been.
    """
    purchase = Purchase(
        org=org,
        client=client or make_client(org=org),
        offer=offer or make_offer(org=org),
        amount_paid_cents=20000,
        sessions_total=total,
        sessions_used=used,
        expires_at=expires_at,
        payment_status=payment_status,
        **columns,
    )
    if used is not None and (used < 0 or (total is not None and used > total)):
        with transaction.atomic(), without_count_constraint():
            purchase.save()
    else:
        purchase.save()
    purchase.refresh_from_db()
    return purchase


def make_purchases(*, org: Org, count: int, **columns: Any) -> list[Purchase]:
    """Create purchases a minute apart, each of a different client called Ana Ruiz."""
    offer = make_offer(org=org)
    clients = Client.objects.bulk_create(
        Client(id=uuid4(), org=org, full_name="Ana Ruiz", email=f"ana{n}@example.com")
        for n in range(count)
    )
    now = timezone.now()
    paid = {"sessions_total": 10, "sessions_used": 3, "payment_status": "succeeded"}
    return Purchase.objects.bulk_create(
        Purchase(
            id=uuid4(),
            org=org,
            client=client,
            offer=offer,
            amount_paid_cents=20000,
            **{"purchased_at": now - timedelta(minutes=n)} | paid | columns,
        )
        for n, client in enumerate(clients)
    )
