"""An expiry at midnight is named by the day before, the last one on which the pack is good."""

import re
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import ExpiryEvent, Org, Purchase
from studio.models import Policy, User
from tests.cancelled_class.pages import detail, paste_names, submit_list
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import expiry_of, extend, extended_by, undo_extension
from tests.factories import make_purchase
from tests.history import expiry_history_on
from tests.pages import LIST, html_of, note_on, post_action, the_row_on, words

DAY = timedelta(days=1)
BRISBANE = ZoneInfo("Australia/Brisbane")


@pytest.fixture(autouse=True)
def in_brisbane(northside: Org) -> None:
    Policy.objects.create(org=northside, time_zone="Australia/Brisbane")


@pytest.fixture
def today() -> date:
    return timezone.localdate(timezone=BRISBANE)


def midnight(day: date) -> datetime:
    """Return the first moment of the day."""
    return datetime.combine(day, time(), BRISBANE)


def last_second(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), BRISBANE)


def short(day: date) -> str:
    return f"{day.day} {day:%b}"


def named_days(response: HttpResponseBase) -> set[str]:
    """Return the days that the page's text names, such as "27 Nov"."""
    body = re.sub(r"<(script|style|title).*?</\1>", "", html_of(response), flags=re.S)
    return set(re.findall(r"\b\d{1,2} [A-Z][a-z]{2}\b", words(body)))


def full(day: date) -> str:
    """Return the first moment of the day as tooltips write it."""
    return f"{day:%a} {day.day} {day:%B %Y}, 00:00"


@pytest.fixture
def pack(northside: Org, today: date) -> Purchase:
    """A pack that ends with the first moment of the tenth day from now."""
    return make_purchase(org=northside, expires_at=midnight(today + 10 * DAY))


@pytest.fixture
def expired(northside: Org, today: date) -> Purchase:
    """A pack that ended at the midnight before yesterday."""
    return make_purchase(org=northside, expires_at=midnight(today - DAY))


def test_the_row_names_the_last_good_day_and_the_exact_time(
    desk: Client, pack: Purchase, today: date
) -> None:
    row = the_row_on(desk.get(LIST))

    assert f"in 9 days {short(today + 9 * DAY)}" in row.words
    assert f'title="{full(today + 10 * DAY)}"' in row.html
    assert f'datetime="{midnight(today + 10 * DAY).isoformat()}"' in row.html


def test_the_row_of_an_expired_pack_names_the_last_good_day(
    desk: Client, expired: Purchase, today: date
) -> None:
    row = the_row_on(desk.get(LIST))

    assert f"expired {short(today - 2 * DAY)} 2 days ago" in row.words
    assert f'title="{full(today - DAY)}"' in row.html


@pytest.mark.parametrize("page", ["purchase", "client", "list"])
def test_no_page_names_the_day_after_the_last_good_one(
    desk: Client, pack: Purchase, today: date, page: str
) -> None:
    url = {
        "purchase": reverse("purchases:purchase_detail", args=[pack.pk]),
        "client": reverse("purchases:client_detail", args=[pack.client_id]),
        "list": LIST,
    }[page]

    named = named_days(desk.get(url))
    assert short(today + 9 * DAY) in named
    assert short(today + 10 * DAY) not in named


def test_the_form_of_an_extension_starts_at_the_last_good_day(
    desk: Client, pack: Purchase, today: date
) -> None:
    html = html_of(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))

    assert f'name="until" min="{today + 9 * DAY}"' in html


@pytest.mark.parametrize("days", [7, 14, 30])
def test_days_more_follow_the_last_good_day(
    desk: Client, pack: Purchase, today: date, days: int
) -> None:
    answer = extend(desk, pack, days=days)

    assert expiry_of(pack) == last_second(today + (9 + days) * DAY)
    assert short(today + (9 + days) * DAY) in note_on(answer)


def test_days_more_follow_the_day_of_the_last_microsecond(
    northside: Org, mia: User, today: date
) -> None:
    """The negative control: a moment after midnight, the pack is good on the next day too."""
    after = midnight(today + 10 * DAY) + timedelta(microseconds=1)
    pack = make_purchase(org=northside, expires_at=after)

    with timezone.override(BRISBANE):
        extended_by(mia, pack, days=7)
    assert expiry_of(pack) == last_second(today + 17 * DAY)


def test_the_history_names_the_last_good_days_and_the_exact_times(
    desk: Client, pack: Purchase, today: date
) -> None:
    rows("UPDATE client_purchases SET expires_at = %s", midnight(today + 40 * DAY))

    [line] = expiry_history_on(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))
    before, after = line.used.split(" → ")
    assert before.startswith(short(today + 9 * DAY))
    assert after.startswith(short(today + 39 * DAY))
    for day in (today + 10 * DAY, today + 40 * DAY):
        assert f'datetime="{midnight(day).isoformat()}" title="{full(day)}"' in line.html


def test_the_messages_name_the_last_good_day(
    desk: Client, mia: User, pack: Purchase, expired: Purchase, today: date
) -> None:
    with timezone.override(BRISBANE):
        event = extended_by(mia, pack)
    undone = note_on(undo_extension(desk, event))
    assert f"the expiry is {today + 9 * DAY:%a} {short(today + 9 * DAY)}" in undone

    reinstated = note_on(post_action(desk, "reinstate", expired, htmx=True))
    assert f"expired on {today - 2 * DAY:%a} {short(today - 2 * DAY)}" in reinstated


def test_a_cancelled_class_names_the_last_good_day(
    desk: Client, mia: User, northside: Org, expired: Purchase, today: date
) -> None:
    """On the list of people, and on the results."""
    list_id = uuid4()
    listed = paste_names(desk, expired.client.full_name)
    submit_list(desk, list_id, expired)
    results = desk.get(detail(list_id))

    for page in (listed, results):
        assert f"expired {short(today - 2 * DAY)}" in words(html_of(page))
        assert f"expired {short(today - DAY)}" not in words(html_of(page))


@pytest.mark.parametrize(("hour", "named"), [(0, 39), (8, 40)])
def test_the_admin_names_an_event_by_the_last_good_day(
    olivia: User, pack: Purchase, today: date, signed_in: SignIn, hour: int, named: int
) -> None:
    """At 8 o'clock it is the day before in UTC."""
    expires_at = midnight(today + 40 * DAY) + timedelta(hours=hour)
    rows("UPDATE client_purchases SET expires_at = %s", expires_at)
    event = ExpiryEvent.objects.get()

    page = html_of(signed_in(olivia).get(f"/admin/purchases/expiryevent/{event.pk}/change/"))
    assert f"corrected {today + named * DAY}" in page
