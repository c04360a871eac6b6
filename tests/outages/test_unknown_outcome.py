"""The response to an action is lost. A retry is idempotent, whether the first attempt counted or
not.

Each action runs on two equal packs. On the control pack nothing fails. On the other pack the
connection is cut, and the response after "Try again" must equal the control's response.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.utils import timezone

from purchases.models import Org, Purchase, SessionEvent
from studio.models import User
from tests.factories import make_purchase
from tests.outages.conftest import proxy_database_url
from tests.outages.proxy import AFTER_COMMIT, BEFORE_COMMIT, Cut, Proxy
from tests.outages.site import (
    Action,
    Form,
    Person,
    Site,
    form_for,
    forms_on,
    running_site,
    signed_in,
)
from tests.pages import html_of, rows_on, words, words_on
from tests.purchase_kinds import used
from tests.thorough import times

pytestmark = pytest.mark.django_db(transaction=True)

CUTS = times(48, thorough=200)
ACTIONS: tuple[Action, ...] = ("use", "reinstate", "undo", "reinstate")
REASON = {
    "reason": "class_cancelled",
    "note": "Rain, and “quotes” & <angles>",
}


@dataclass
class Pack:
    purchase: Purchase
    # The page that the browser shows.
    page: HttpResponse
    # The ids of all requests.
    request_ids: list[str] = field(default_factory=list)

    def form(self, action: Action) -> Form:
        form = form_for(self.page, action, self.purchase.pk)
        if action == "reinstate":
            form |= REASON
        self.request_ids.append(form.fields["request_id"])
        return form

    def shown(self) -> tuple[int, str, str, str]:
        """Return the status, count, row text and note, to compare with another pack's."""
        (row,) = [row for row in rows_on(self.page) if row.purchase_id == self.purchase.pk]
        return self.page.status_code, row.used, row.words, message_on(self.page)

    def effects(self) -> list[tuple[str, int, str | None, str]]:
        """Return the ledger's event for each request, in order."""
        events = SessionEvent.objects.filter(purchase=self.purchase).exclude(kind="opened")
        by_request = {str(event.request_id): event for event in events.select_related("request")}
        assert set(by_request) == set(self.request_ids), "each request has an event"
        assert len(events) == len(self.request_ids), "no request has two events"
        return [
            (event.kind, event.sessions_used or 0, event.request.reason, event.request.note)
            for event in map(by_request.__getitem__, self.request_ids)
            if event.request
        ]


def message_on(page: HttpResponse) -> str:
    """Return the only message of the page."""
    (message,) = re.findall(r'<div class="notice">(.*?)</div>', html_of(page), re.S)
    return words(message)


def two_packs(org: Org, person: Person) -> tuple[Pack, Pack]:
    now = timezone.now()
    one, other = (make_purchase(org=org, purchased_at=now) for _ in range(2))
    page = person.get()
    return Pack(one, page), Pack(other, page)


def try_again(person: Person, unconfirmed: HttpResponse, *, htmx: bool) -> HttpResponse:
    """Submit the retry form of the page."""
    assert unconfirmed.status_code == 503
    assert "We could not confirm this yet. It is safe to try again." in words_on(unconfirmed)
    (form,) = forms_on(unconfirmed)
    return person.submit(form, htmx=htmx)


@pytest.fixture(scope="module")
def unclaimed_site(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    application = "tests.outages.unclaimed:application"
    with running_site(proxy_database_url(proxy, login), collected, application=application) as site:
        yield site


@pytest.mark.parametrize("cuts", [BEFORE_COMMIT, AFTER_COMMIT], ids=["before", "after"])
def test_retry_counts_once_and_replays_the_response(
    site: Site, proxy: Proxy, mia: User, northside: Org, cuts: tuple[Cut, ...]
) -> None:
    person = Person(site, signed_in(mia))
    control, pack = two_packs(northside, person)
    cuts_before = proxy.cuts
    for n, action, cut in zip(range(CUTS), cycle(ACTIONS), cycle(cuts), strict=False):
        htmx = n % 8 < 4
        control.page = person.submit(control.form(action), htmx=htmx)

        form = pack.form(action)
        proxy.next_cut = cut
        unconfirmed = person.submit(form, htmx=htmx)
        pack.page = try_again(person, unconfirmed, htmx=htmx)

        assert proxy.cuts == cuts_before + n + 1, "the connection was cut"
        assert pack.shown() == control.shown(), f"action {n}: {action}, {cut}"
        assert used(pack.purchase) == used(control.purchase)
    assert pack.effects() == control.effects()


@pytest.mark.parametrize("cut", AFTER_COMMIT)
def test_without_the_claim_a_retry_counts_twice(
    unclaimed_site: Site, proxy: Proxy, mia: User, northside: Org, cut: Cut
) -> None:
    """Negative control: without an idempotency key, the retry changes the count again."""
    person = Person(unclaimed_site, signed_in(mia))
    control, pack = two_packs(northside, person)
    control.page = person.submit(control.form("reinstate"))
    form = pack.form("reinstate")
    proxy.next_cut = cut

    pack.page = try_again(person, person.submit(form), htmx=False)

    assert pack.shown() != control.shown()
    assert (used(control.purchase), used(pack.purchase)) == (2, 1)
    with pytest.raises(AssertionError, match="each request has an event"):
        pack.effects()
