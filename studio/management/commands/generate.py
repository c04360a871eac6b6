"""`manage.py generate`: a made-up studio of any size, to see how the desk does with millions."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from purchases.management.progress import bar, draw
from purchases.models import Offer, Org
from studio.demo.crowd import NUMBERS, PURCHASES_OF_A_CLIENT, Crowd, first_moment_of_today
from studio.demo.loading import (
    load_clients,
    load_purchases,
    open_purchases,
    restore,
    strip_tables,
)
from studio.management.commands.demo import PASSWORD, refuse_beside_other_studios
from studio.models import Membership, User

MAX_PURCHASES = NUMBERS * PURCHASES_OF_A_CLIENT


class Command(BaseCommand):
    help = (
        "Loads a made-up studio with as many purchases as you say, a tenth as many clients, and "
        "an owner to sign in as. Other studios stay as they are; until it is done, nobody else "
        "can work with the database. It takes about half a minute for a million."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--purchases", type=how_many, required=True, metavar="N")
        parser.add_argument(
            "--seed", type=int, default=1, help="another number makes another studio of this size"
        )
        parser.add_argument(
            "--force", action="store_true", help="load it beside studios that are not made up"
        )

    def handle(self, *, purchases: int, seed: int, force: bool, **options: Any) -> None:
        crowd = Crowd(purchases, seed=seed, today=first_moment_of_today())
        refuse_beside_other_studios(force=force)
        if Org.objects.filter(slug=crowd.slug).exists():
            raise CommandError(
                f"The studio {crowd.slug} is there already, and stays as it is. "
                f"Add --seed {seed + 1} for another one."
            )
        began = time.monotonic()
        with transaction.atomic():
            open_studio(crowd)
            removed = strip_tables()
            self.show(load_clients(crowd.client_rows()), crowd.clients, "clients")
            self.show(load_purchases(crowd.purchase_rows()), crowd.size, "purchases")
            self.show(open_purchases(crowd.org_id), crowd.size, "events")
            self.show(restore(removed), len(removed), "indexes and foreign keys")
        draw(self.stderr, "")
        self.stdout.write(
            f"{crowd.slug} is open, with {crowd.size:,} purchases of {crowd.clients:,} clients, "
            f"after {time.monotonic() - began:.0f} seconds. Sign in as {crowd.slug}; the password "
            f"is {PASSWORD}."
        )

    def show(self, batches: Iterator[int], total: int, what: str) -> None:
        done = 0
        for loaded in batches:
            done += loaded
            draw(self.stderr, bar(done, total, what))


def open_studio(crowd: Crowd) -> None:
    """The studio itself, what it sells, and its owner."""
    name = f"Studio of {crowd.size:,} purchases"
    Org.objects.create(id=crowd.org_id, name=name, slug=crowd.slug)
    Offer.objects.bulk_create(crowd.offers())
    owner = User.objects.create(username=crowd.slug, password=make_password(PASSWORD))
    Membership.objects.create(user=owner, org_id=crowd.org_id, role=Membership.Role.OWNER)


def how_many(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_PURCHASES:
        raise ArgumentTypeError(f"write a number from 1 to {MAX_PURCHASES}")
    return int(text)
