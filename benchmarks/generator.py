"""Generate the clients and purchases of an org of any size, row by row.

The same size, seed and day give the same rows. The clients are the same on every day. Only the ids
of the clients are kept in memory, so that the generator can produce millions of purchases.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import UUID, uuid5

from django.utils import timezone

from benchmarks.bulk_load import ClientRow, PurchaseRow
from purchases.days import day_end
from purchases.models import Offer
from studio.demo.builder import (
    GENERATED,
    METHODS,
    NAMESPACE,
    OPENING_MINUTES,
    STATUSES,
    used_by_now,
)
from studio.demo.names import languages
from studio.demo.studios import NORTHSIDE, PAID, OnSale

DAYS = 5 * 365
PURCHASES_OF_A_CLIENT = 10

# Australia has no area code 9, so these phone numbers do not exist.
AREA = "+61 9"
NUMBERS = 10**8
STEP = 61_803_399  # coprime with NUMBERS, so that each number is unique


class Generator:
    def __init__(self, purchases: int, *, seed: int, today: datetime) -> None:
        """`today` is midnight in the org's time zone."""
        self.size = purchases
        self.clients = max(1, purchases // PURCHASES_OF_A_CLIENT)
        self.today = today
        self.slug = f"{GENERATED}{purchases}-{seed}"
        self.org_id = uuid5(NAMESPACE, self.slug)
        self.opened_on = today - timedelta(days=DAYS)
        self.on_sale = [offer for offer in NORTHSIDE.offers if offer.sold]
        self._offer_ids = [uuid5(self.org_id, on_sale.name).hex for on_sale in self.on_sale]
        self._client_ids: list[str] = []

    def offers(self) -> list[Offer]:
        return [
            Offer(
                id=UUID(offer_id),
                org_id=self.org_id,
                name=on_sale.name,
                offer_type=on_sale.kind,
                price_cents=on_sale.price_cents,
                sessions_included=on_sale.sessions,
                bonus_sessions=on_sale.bonus,
                pack_validity_days=on_sale.valid_days,
                is_active=on_sale.is_active,
            )
            for offer_id, on_sale in zip(self._offer_ids, self.on_sale, strict=True)
        ]

    def client_rows(self) -> Iterator[ClientRow]:
        """Yield the clients. The same number joins each day."""
        rng = self._random("clients")
        all_languages = languages()
        weights = list(accumulate(language.people for language in all_languages))
        for n in range(self.clients):
            [language] = rng.choices(all_languages, cum_weights=weights)
            name = language.name(rng)
            joined = self.opened_on + timedelta(days=DAYS) * (n / self.clients)
            family = f".{name.family}" if name.family else ""
            number = f"{n * STEP % NUMBERS:08}"
            client_id = _random_id(rng)
            self._client_ids.append(client_id)
            yield ClientRow(
                id=client_id,
                org_id=self.org_id.hex,
                created_at=joined.isoformat(),
                full_name=name.written,
                email=None if n % 33 == 3 else f"{name.given}{family}{n}@example.org",
                phone=None if n % 25 == 4 else f"{AREA}{number[0]}{number[1:4]} {number[4:]}",
            )

    def purchase_rows(self) -> Iterator[PurchaseRow]:
        """Yield the purchases in order of their day. `client_rows` must be exhausted before."""
        rng = self._random("purchases")
        for day in range(DAYS):
            first, last = self.size * day // DAYS, self.size * (day + 1) // DAYS
            yield from self._bought_on(day, last - first, rng)

    def _bought_on(self, day: int, count: int, rng: random.Random) -> Iterator[PurchaseRow]:
        days_ago = DAYS - day
        offers = rng.choices(
            range(len(self.on_sale)), [offer.sold for offer in self.on_sale], k=count
        )
        statuses = rng.choices([*STATUSES], [*STATUSES.values()], k=count)
        methods = rng.choices([*METHODS], [*METHODS.values()], k=count)
        joined = max(1, self.clients * day // DAYS)
        midnight = self.opened_on + timedelta(days=day)
        expiries = [self._expiry(midnight, on_sale) for on_sale in self.on_sale]
        date, zone = f"{midnight:%Y-%m-%d}", f"{midnight:%z}"
        for offer, status, method in zip(offers, statuses, methods, strict=True):
            on_sale = self.on_sale[offer]
            total = on_sale.sessions and on_sale.sessions + on_sale.bonus
            is_used = total and status is PAID
            minute = OPENING_MINUTES[int(len(OPENING_MINUTES) * rng.random())]
            hour, minute = divmod(minute, 60)
            purchased_at = f"{date} {hour:02}:{minute:02}:{60 * rng.random():09.6f}{zone}"
            yield PurchaseRow(
                id=_random_id(rng),
                org_id=self.org_id.hex,
                # The newest third of the clients has half of the purchases, because clients leave.
                client_id=self._client_ids[int(joined * (1 - rng.random() ** 1.7))],
                offer_id=self._offer_ids[offer],
                amount_paid_cents=on_sale.price_cents,
                sessions_total=total,
                sessions_used=used_by_now(total, days_ago, on_sale.valid_days, rng)
                if is_used and total
                else 0,
                purchased_at=purchased_at,
                expires_at=expiries[offer],
                payment_status=status.value,
                payment_method=method,
                created_at=purchased_at,
            )

    def _expiry(self, midnight: datetime, on_sale: OnSale) -> str | None:
        """Return the end of the offer's last valid day."""
        if on_sale.valid_days is None:
            return None
        last_day = (midnight + timedelta(days=on_sale.valid_days)).date()
        return day_end(last_day, midnight.tzinfo).isoformat()

    def _random(self, subject: str) -> random.Random:
        return random.Random(f"{self.slug} {subject}")


def _random_id(rng: random.Random) -> str:
    """Return a UUID of version 4 in hexadecimal digits."""
    bits = rng.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)
    return f"{bits | 4 << 76 | 2 << 62:032x}"


def first_moment_of_today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
