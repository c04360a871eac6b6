"""The command that loads a generated org of any size, to measure the desk with millions of rows."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from benchmarks.bulk_load import (
    load_clients,
    load_purchases,
    open_purchases,
    restore,
    strip_tables,
)
from benchmarks.generator import NUMBERS, PURCHASES_OF_A_CLIENT, Generator, first_moment_of_today
from purchases.management.progress import bar, draw
from purchases.models import Offer, Org
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
        parser.add_argument("--purchases", type=purchase_count, required=True, metavar="N")
        parser.add_argument(
            "--seed", type=int, default=1, help="another number makes another studio of this size"
        )
        parser.add_argument(
            "--force", action="store_true", help="load it beside studios that are not made up"
        )

    def handle(self, *, purchases: int, seed: int, force: bool, **options: Any) -> None:
        generator = Generator(purchases, seed=seed, today=first_moment_of_today())
        refuse_beside_other_studios(force=force)
        if Org.objects.filter(slug=generator.slug).exists():
            raise CommandError(
                f"The studio {generator.slug} is there already, and stays as it is. "
                f"Add --seed {seed + 1} for another one."
            )
        began = time.monotonic()
        with transaction.atomic():
            create_org(generator)
            removed = strip_tables()
            self.show(load_clients(generator.client_rows()), generator.clients, "clients")
            self.show(load_purchases(generator.purchase_rows()), generator.size, "purchases")
            self.show(open_purchases(generator.org_id), generator.size, "events")
            self.show(restore(removed), len(removed), "indexes and foreign keys")
        draw(self.stderr, "")
        self.stdout.write(
            f"{generator.slug} is open, with {generator.size:,} purchases of "
            f"{generator.clients:,} clients, after {time.monotonic() - began:.0f} seconds. "
            f"Sign in as {generator.slug}; the password is {PASSWORD}."
        )

    def show(self, batches: Iterator[int], total: int, what: str) -> None:
        done = 0
        for loaded in batches:
            done += loaded
            draw(self.stderr, bar(done, total, what))


def create_org(generator: Generator) -> None:
    """Create the org, its offers and its owner."""
    name = f"Studio of {generator.size:,} purchases"
    Org.objects.create(id=generator.org_id, name=name, slug=generator.slug)
    Offer.objects.bulk_create(generator.offers())
    owner = User.objects.create(username=generator.slug, password=make_password(PASSWORD))
    Membership.objects.create(user=owner, org_id=generator.org_id, role=Membership.Role.OWNER)


def purchase_count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_PURCHASES:
        raise ArgumentTypeError(f"write a number from 1 to {MAX_PURCHASES}")
    return int(text)
