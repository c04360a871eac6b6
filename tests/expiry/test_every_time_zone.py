"""In every time zone that an owner can choose, an extension ends with the day that was requested.

The site's tables of time zones decide, whatever PostgreSQL's tables contain.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_offset
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from purchases.database import timestamptz_array
from purchases.days import day_end, last_moment
from purchases.formatting import on_day
from purchases.models import Org, Purchase
from purchases.operations.expiry import _possible_ends
from studio.accounts.policy_admin import offered_time_zones
from studio.models import Policy, User
from tests.database import rows
from tests.expiry.extensions import expiry_of, extend, extended_by
from tests.factories import make_purchase, make_purchases
from tests.pages import note_on, the_row_on

DAY = timedelta(days=1)
# PostgreSQL refuses a new expiry in the past. The day after tomorrow is ahead in every time zone.
FIRST = max(date(2026, 1, 1), timezone.now().date() + 2 * DAY)
LAST = max(date(2028, 12, 31), FIRST + 2 * 365 * DAY)
SAMPLE = 6
BATCH = 25
ZONES = offered_time_zones()
SEED = random.SystemRandom().randrange(10**6)

EXTEND_EACH = """
    SELECT id, public.extend_expiry(id, upto, days, day_ends::timestamptz[])
    FROM unnest(%s::uuid[], %s::timestamptz[], %s::int[], %s::text[])
        AS extension (id, upto, days, day_ends)
"""


def is_the_end(moment: datetime, day: date, zone: tzinfo) -> bool:
    """Return whether the moment is the last 23:59:59 of the day, or its last second if the clocks
    skip 23:59:59. Unlike `day_end`, this reads the clocks around the moment only."""
    after = [moment + timedelta(seconds=1), *(moment + n * timedelta(minutes=30) for n in (1, 2))]
    local = moment.astimezone(zone)
    end = datetime.combine(day, time(23, 59, 59))
    occurs = end.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == end
    return (
        local.date() == day
        and (not occurs or local.time() == end.time())
        and all(later.astimezone(zone).date() > day for later in after)
    )


def days_to_check(zone: tzinfo, rng: random.Random) -> list[date]:
    """Return every day from two before to one after a change of the clocks, and some others."""
    noons = [datetime.combine(day, time(12), zone) for day in days_between(FIRST, LAST)]
    near = {
        after.date() + n * DAY
        for before, after in pairwise(noons)
        if before.utcoffset() != after.utcoffset()
        for n in range(-2, 2)
    }
    sample = rng.sample([noon.date() for noon in noons], SAMPLE)
    return sorted(day for day in near | set(sample) if day >= FIRST)


def days_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def batches() -> list[list[str]]:
    return [ZONES[first : first + BATCH] for first in range(0, len(ZONES), BATCH)]


@pytest.mark.parametrize("zones", batches(), ids=lambda zones: f"{zones[0]} to {zones[-1]}")
def test_until_a_day_ends_with_that_day(northside: Org, zones: list[str]) -> None:
    rng = random.Random(f"{SEED} {zones[0]}")
    expired = timezone.now() - DAY
    wrong = []
    for name in zones:
        zone = ZoneInfo(name)
        days = days_to_check(zone, rng)
        ids = [
            pack.pk for pack in make_purchases(org=northside, count=len(days), expires_at=expired)
        ]
        ends = [day_end(day, zone) for day in days]
        none = [None] * len(days)
        new = dict(rows(EXTEND_EACH, ids, ends, none, none))
        assert len(new) == len(days)
        wrong += [
            (name, day, new[pk])
            for pk, day in zip(ids, days, strict=True)
            if not is_the_end(new[pk], day, zone)
        ]
    assert wrong == [], f"seed {SEED}"


@pytest.mark.parametrize("zones", batches(), ids=lambda zones: f"{zones[0]} to {zones[-1]}")
def test_days_more_are_counted_from_the_last_good_day(northside: Org, zones: list[str]) -> None:
    """The current expiry is midnight, or any other time of the day."""
    rng = random.Random(f"{SEED} {zones[0]}")
    wrong = []
    for name in zones:
        zone = ZoneInfo(name)
        days = [day for day in days_to_check(zone, rng) if day > FIRST + 31 * DAY]
        packs = make_purchases(org=northside, count=len(days))
        more = [rng.choice([7, 14, 30]) for _ in days]
        with timezone.override(zone):
            for pack, day, count in zip(packs, days, more, strict=True):
                pack.expires_at = time_of(day - count * DAY, zone, rng)
            ends = [
                timestamptz_array(_possible_ends(pack, count))
                for pack, count in zip(packs, more, strict=True)
            ]
        Purchase.objects.bulk_update(packs, ["expires_at"])
        ids = [pack.pk for pack in packs]
        new = dict(rows(EXTEND_EACH, ids, [None] * len(ids), more, ends))
        wrong += [
            (name, pack.expires_at, count, new[pack.pk])
            for pack, day, count in zip(packs, days, more, strict=True)
            if not (new[pack.pk] and is_the_end(new[pack.pk], day, zone))
        ]
    assert wrong == [], f"seed {SEED}"


def time_of(day: date, zone: tzinfo, rng: random.Random) -> datetime:
    """Return an expiry whose last good day is this day: the midnight after it, or any time."""
    midnight = day_end(day, zone) + timedelta(seconds=1)
    before = rng.choice([0, 0, 1, rng.randrange(20 * 3600 * 10**6)])
    return midnight - timedelta(microseconds=before)


@pytest.mark.parametrize("zones", batches(), ids=lambda zones: f"{zones[0]} to {zones[-1]}")
def test_the_operation_gives_every_zone_its_own_days(
    northside: Org, mia: User, zones: list[str]
) -> None:
    rng = random.Random(f"{SEED} {zones[0]}")
    for name in zones:
        zone = ZoneInfo(name)
        day = FIRST + rng.randrange(2, 700) * DAY
        pack = make_purchase(org=northside, expires_at=timezone.now() - DAY)
        with timezone.override(zone):
            extended_by(mia, pack, until=day)
            until = expiry_of(pack)
            extended_by(mia, pack, days=14)
            longer = expiry_of(pack)
            assert until
            assert longer
            assert is_the_end(until, day, zone), (name, SEED)
            assert is_the_end(longer, day + 14 * DAY, zone), (name, SEED)
            assert timezone.localdate(last_moment(longer)) == day + 14 * DAY


# --- Named cases ----------------------------------------------------------------------------------

YEAR = timezone.now().year + 1
NAMED = [
    *("CET", "EET", "Etc/GMT+5", "Etc/GMT-14", "America/Vancouver", "Australia/Brisbane"),
    *("Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Asuncion", "America/Nuuk"),
]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("day", [date(YEAR, 1, 15), date(YEAR, 7, 15)], ids=["January", "July"])
def test_the_page_shows_the_day_that_was_requested(
    northside: Org, desk: Client, name: str, day: date
) -> None:
    Policy.objects.create(org=northside, time_zone=name)
    pack = make_purchase(org=northside, expires_at=timezone.now() - DAY)

    answer = extend(desk, pack, until=day.isoformat())

    new = expiry_of(pack)
    assert new
    assert new == datetime.combine(day, time(23, 59, 59), ZoneInfo(name))
    with timezone.override(ZoneInfo(name)):
        assert note_on(answer) == f"Extended for Ana Ruiz: good until {on_day(new)}."
    assert f"{day.day} {day:%b} {day.year}" in the_row_on(answer).words


@pytest.mark.parametrize("minutes", [317, -317])
def test_a_zone_that_postgresql_does_not_have(northside: Org, mia: User, minutes: int) -> None:
    """PostgreSQL reads the name UTC+05:17 as five hours west of Greenwich."""
    zone = fixed_offset(timedelta(minutes=minutes))
    day = FIRST + 90 * DAY
    pack = make_purchase(org=northside, expires_at=timezone.now() - DAY)

    with timezone.override(zone):
        extended_by(mia, pack, until=day)
        assert expiry_of(pack) == datetime.combine(day, time(23, 59, 59), zone)
        extended_by(mia, pack, days=7)
        assert expiry_of(pack) == datetime.combine(day + 7 * DAY, time(23, 59, 59), zone)


@pytest.mark.parametrize("session_zone", ["America/Santiago", "Pacific/Kiritimati"])
def test_the_time_zone_of_the_session_does_not_matter(
    northside: Org, mia: User, session_zone: str
) -> None:
    zone = ZoneInfo("Australia/Sydney")
    day = FIRST + 90 * DAY
    pack = make_purchase(org=northside, expires_at=datetime.combine(day, time(12), zone))
    rows(f"SET LOCAL TIME ZONE '{session_zone}'")
    try:
        with timezone.override(zone):
            for days in (7, 14, 30):
                extended_by(mia, pack, days=days)
    finally:
        rows("SET LOCAL TIME ZONE 'UTC'")

    assert expiry_of(pack) == datetime.combine(day + 51 * DAY, time(23, 59, 59), zone)
