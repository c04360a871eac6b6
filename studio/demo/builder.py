"""Build the rows of a demo studio: offers, clients and purchases.

The rows depend on the studio and the day only, and the ids on the studio only, because the random
generator is seeded with the studio's slug.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from purchases.days import day_end
from purchases.models import Client, Offer, Org, Purchase
from studio.demo.contacts import Contacts
from studio.demo.names import Name, languages
from studio.demo.studios import FAILED, PAID, PENDING, REFUNDED, OnSale, Story, Studio

NAMESPACE = UUID("6f1d9a52-07b4-4c8e-9a35-2f0c1be7d840")
# The slug of a studio of any size that `python -m benchmarks.generate` made begins so.
GENERATED = "generated-"

# Random purchases are 9 days to 3 years old. Newer purchases come from the stories.
LAST_DAYS, FIRST_DAYS = 9, 3 * 365
OPENING_MINUTES = range(6 * 60, 20 * 60 + 30)

# Percentages.
STATUSES = {PAID: 92, PENDING: 3, FAILED: 2, REFUNDED: 3}
METHODS = {"card": 70, "apple_pay": 14, "cash": 10, "bank_transfer": 6}

T = TypeVar("T")


def org_id(studio: Studio) -> UUID:
    return uuid5(NAMESPACE, studio.slug)


def used_by_now(sessions: int, days_ago: int, valid_days: int | None, rng: random.Random) -> int:
    """Return a random number of sessions used of a pack that was bought `days_ago`."""
    share = min(1, days_ago / (valid_days or 240)) * rng.uniform(0.4, 1.8)
    return min(sessions, round(share * sessions))


class StudioBuilder:
    """Unsaved rows: `org`, `offers` by name, `clients` and `purchases`."""

    def __init__(self, studio: Studio, *, today: datetime) -> None:
        """`today` is midnight at the start of the day, in the studio's time zone."""
        assert today.tzinfo
        self.studio = studio
        self.today = today
        self._zone = today.tzinfo
        self._rng = random.Random(studio.slug)  # noqa: S311  nothing here is a secret
        self._contacts = Contacts(self._rng)
        self.org = Org(
            id=org_id(studio),
            name=studio.name,
            slug=studio.slug,
            created_at=today - timedelta(days=FIRST_DAYS + 30),
        )
        self.offers = {on_sale.name: self._offer(on_sale) for on_sale in studio.offers}
        self.clients: list[Client] = []
        self.purchases: list[Purchase] = []

    def add_purchase(self, story: Story) -> Purchase:
        client = self._add_client(Name.parse(story.client))
        purchase = self._new_purchase(
            client, self.offers[story.offer], story.days_ago, story.status
        )
        purchase.sessions_used = story.used
        return purchase

    def add_people(self) -> None:
        """Add clients up to the studio's number. A few share a name; some lack e-mail or phone."""
        tongues = languages()
        weights = [language.people for language in tongues]
        known = {client.full_name for client in self.clients}
        while len(self.clients) < self.studio.clients:
            [language] = self._rng.choices(tongues, weights)
            name = language.name(self._rng)
            if name.written in known and not self._happens(0.1):
                continue
            known.add(name.written)
            client = self._add_client(name)
            if self._happens(0.03):
                client.email = None
            elif self._happens(0.04):
                client.phone = None
            if self._happens(0.03):
                client.status = "inactive"

    def add_purchases(self, clients: list[Client]) -> None:
        """Add purchases up to the studio's number: one for 97 % of the clients, the others for
        regular clients."""
        buyers = [client for client in clients if self._happens(0.97)]
        loyalty = [min(self._rng.paretovariate(1.2), 12) for _ in buyers]
        missing = self.studio.purchases - len(self.purchases) - len(buyers)
        sold = {self.offers[on_sale.name]: on_sale.sold for on_sale in self.studio.offers}
        for client in buyers + self._rng.choices(buyers, loyalty, k=missing):
            days_ago = self._rng.randint(LAST_DAYS, FIRST_DAYS)
            status = self._one_of(STATUSES)
            purchase = self._new_purchase(client, self._one_of(sold), days_ago, status)
            purchase.sessions_used = self._used_by_now(purchase, days_ago)

    def _offer(self, on_sale: OnSale) -> Offer:
        return Offer(
            id=self._id("offer", on_sale.name),
            org=self.org,
            name=on_sale.name,
            offer_type=on_sale.kind,
            price_cents=on_sale.price_cents,
            sessions_included=on_sale.sessions,
            bonus_sessions=on_sale.bonus,
            pack_validity_days=on_sale.valid_days,
            is_active=on_sale.is_active,
            created_at=self.org.created_at,
            updated_at=self.org.created_at,
        )

    def _add_client(self, name: Name) -> Client:
        client = Client(
            id=self._id("client", len(self.clients)),
            org=self.org,
            full_name=name.written,
            email=self._contacts.email(name),
            phone=self._contacts.phone(),
            status="active",
            created_at=self.today - timedelta(days=1),
        )
        self.clients.append(client)
        return client

    def _new_purchase(self, client: Client, offer: Offer, days_ago: int, status: str) -> Purchase:
        """Add an unused purchase that expires at the end of the offer's last valid day."""
        day = self.today - timedelta(days=days_ago)
        purchased_at = day + timedelta(minutes=self._rng.choice(OPENING_MINUTES))
        client.created_at = min(client.created_at, purchased_at - timedelta(minutes=4))
        sessions, valid_days, expires_at = offer.sessions_included, offer.pack_validity_days, None
        if valid_days is not None:
            last_day = (day + timedelta(days=valid_days)).date()
            expires_at = day_end(last_day, self._zone)
        purchase = Purchase(
            id=self._id("purchase", len(self.purchases)),
            org=self.org,
            client=client,
            offer=offer,
            amount_paid_cents=offer.price_cents * (90 if self._happens(0.08) else 100) // 100,
            currency="aud",
            sessions_total=sessions and sessions + (offer.bonus_sessions or 0),
            sessions_used=0,
            purchased_at=purchased_at,
            expires_at=expires_at,
            payment_status=status,
            payment_method=self._one_of(METHODS),
            created_at=purchased_at,
        )
        self.purchases.append(purchase)
        return purchase

    def _used_by_now(self, purchase: Purchase, days_ago: int) -> int:
        if not purchase.sessions_total or not purchase.is_paid:
            return 0
        valid_days = purchase.offer.pack_validity_days
        return used_by_now(purchase.sessions_total, days_ago, valid_days, self._rng)

    def _id(self, *path: object) -> UUID:
        return uuid5(self.org.id, "/".join(str(step) for step in path))

    def _happens(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _one_of(self, weights: Mapping[T, int]) -> T:
        [choice] = self._rng.choices([*weights], [*weights.values()])
        return choice
