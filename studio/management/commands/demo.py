"""`manage.py demo`: load two made-up studios and five accounts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import QuerySet

from purchases import clock
from purchases.models import Client, Offer, Org, Purchase
from studio.accounts.pin import hashed, key_id
from studio.demo.builder import GENERATED, StudioBuilder, org_id
from studio.demo.history import STORIES as HISTORIES
from studio.demo.history import History
from studio.demo.malformed_rows import add_malformed_rows, without_count_constraint
from studio.demo.studios import NORTHSIDE, SOUTHSIDE, STUDIOS, Studio
from studio.models import Allowance, Membership, Pin, User

PASSWORD = "studio-demo"  # noqa: S105  it is public
PIN = "4071"
# The accountant works for both studios, and changes between them.
ACCOUNTANT = "accountant"
PEOPLE = {
    "owner": ("Olivia", NORTHSIDE, Membership.Role.OWNER),
    "desk": ("Mia", NORTHSIDE, Membership.Role.STAFF),
    "evening": ("Noah", NORTHSIDE, Membership.Role.STAFF),
    ACCOUNTANT: ("Ada", NORTHSIDE, Membership.Role.ACCOUNTANT_READONLY),
    "other": ("Otto", SOUTHSIDE, Membership.Role.OWNER),
}
ROWS_AT_ONCE = 2000


class Command(BaseCommand):
    help = "Loads two made-up studios to try the desk on. Existing rows stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if the database has a studio"
        )
        parser.add_argument(
            "--force", action="store_true", help="load them even if the database has other studios"
        )

    def handle(self, *, if_empty: bool, force: bool, **options: Any) -> None:
        if if_empty and Org.objects.exists():
            return
        refuse_named_database()
        refuse_namesakes()
        refuse_beside_other_studios(force=force)
        with ThreadPoolExecutor() as pool, transaction.atomic():
            # Hashing takes a second. It runs while the database stores the rows.
            password, pin = pool.submit(make_password, PASSWORD), pool.submit(hashed, PIN)
            missing = [
                studio for studio in STUDIOS if not Org.objects.filter(id=org_id(studio)).exists()
            ]
            for studio in missing:
                load(studio)
            ensure_people(password.result(), pin.result())
            if NORTHSIDE in missing:
                members = Membership.objects.filter(org_id=org_id(NORTHSIDE))
                people = {
                    member.user.username: member for member in members.select_related("user", "org")
                }
                History(org_id(NORTHSIDE), today(), people).tell()
        self.stdout.write(
            f"{NORTHSIDE.name} ({NORTHSIDE.clients:,} clients, {NORTHSIDE.purchases:,} purchases) "
            f"and {SOUTHSIDE.name} are open. Sign in as desk, evening, owner or accountant, or as "
            f"other for {SOUTHSIDE.name}, where the accountant works too; the password is "
            f"{PASSWORD}, and the PIN of desk, evening and owner at the desk that they share is "
            f"{PIN}."
        )


def refuse_named_database() -> None:
    """Refuse a database that somebody named, where accounts with a public password may reach real
    data."""
    if settings.DATABASE_URL:
        raise CommandError(
            "The demo adds accounts with a public password, so it is for the embedded database "
            "only. Nothing was loaded: unset DATABASE_URL to try the demo, or begin a studio of "
            "your own with manage.py create_studio."
        )


def refuse_beside_other_studios(*, force: bool) -> None:
    if (other := other_studios().order_by("created_at").first()) and not force:
        raise CommandError(
            f"This database belongs to “{other}”, and the demo adds accounts with a public "
            "password. Nothing was loaded: use an empty database, or add --force if this database "
            "is for tests only."
        )


def refuse_namesakes() -> None:
    if namesake := other_studios().filter(slug__in=[studio.slug for studio in STUDIOS]).first():
        raise CommandError(
            f"“{namesake}” has the slug “{namesake.slug}”, which a demo studio needs. "
            "Nothing was loaded: use an empty database."
        )


def is_loaded() -> bool:
    """Return whether the database has a studio of the demo, with its public accounts."""
    return Org.objects.filter(id__in=demo_ids()).exists()


def demo_ids() -> list[UUID]:
    return [org_id(studio) for studio in STUDIOS]


def other_studios() -> QuerySet[Org]:
    """Return the studios that neither this command nor the generator made."""
    return Org.objects.exclude(id__in=demo_ids()).exclude(slug__startswith=GENERATED)


def load(studio: Studio) -> None:
    builder = made_up(studio, today=today())
    builder.org.save(force_insert=True)
    Allowance.objects.bulk_create(
        Allowance(org=builder.org, reason=reason, sessions=sessions, days=30)
        for reason, sessions in studio.allowances.items()
    )
    Offer.objects.bulk_create(builder.offers.values())
    Client.objects.bulk_create(builder.clients, batch_size=ROWS_AT_ONCE)
    with without_count_constraint():
        Purchase.objects.bulk_create(builder.purchases, batch_size=ROWS_AT_ONCE)


def today() -> datetime:
    """Return midnight at the start of the day."""
    return clock.local_now().replace(hour=0, minute=0, second=0, microsecond=0)


def made_up(studio: Studio, *, today: datetime) -> StudioBuilder:
    """Build a studio. Each company and each client of a malformed row has one purchase."""
    builder = StudioBuilder(studio, today=today)
    for story in studio.companies:
        builder.add_purchase(story)
    if studio.has_malformed_rows:
        add_malformed_rows(builder)
    bought_once = len(builder.clients)
    for story in studio.stories:
        builder.add_purchase(story)
    clients: dict[str, Client] = {}
    for story in HISTORIES if studio is NORTHSIDE else []:
        purchase = builder.add_purchase(story, clients.get(story.client))
        clients[story.client] = purchase.client
    builder.add_people()
    builder.add_purchases(builder.clients[bought_once:])
    return builder


def ensure_people(password: str, pin: str) -> None:
    """Create missing accounts, all with these two hashes, because hashing is slow and both secrets
    are public. Existing accounts keep their password and role."""
    existing = set(User.objects.filter(username__in=PEOPLE).values_list("username", flat=True))
    missing = [username for username in PEOPLE if username not in existing]
    for username in missing:
        first_name, studio, role = PEOPLE[username]
        user = User.objects.create(username=username, first_name=first_name, password=password)
        shares_the_desk = studio is NORTHSIDE and role != Membership.Role.ACCOUNTANT_READONLY
        member = Membership.objects.create(user=user, org_id=org_id(studio), role=role)
        if shares_the_desk:
            key = key_id(settings.SECRET_KEY)
            Pin.objects.create(membership=member, hash=pin, key_id=key, digits=len(PIN))
        if username == ACCOUNTANT:
            Membership.objects.create(user=user, org_id=org_id(SOUTHSIDE), role=role)
            # The first sign-in opens this studio, and does not ask.
            Membership.objects.filter(pk=member.pk).update(opened_at=clock.now())
