"""A press whose answer never came: nobody can know whether it counted, and pressing again is safe.

Each press is made on two packs that are alike. On one nothing goes wrong, and that is the first
answer; on the other the connection is cut, and what the person gets after "Try again" must be the
same.
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
from tests.outages.conftest import behind
from tests.outages.proxy import AFTER_COMMIT, BEFORE_COMMIT, Moment, Proxy
from tests.outages.site import Act, Form, Person, Site, form_for, forms_on, running_site, signed_in
from tests.pages import html_of, rows_on, words, words_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

CUTS = 200
ACTS: tuple[Act, ...] = ("use", "reinstate", "undo", "reinstate")
SAID = {
    "reason": "class_cancelled",
    "note": "Rain, and “quotes” & <angles>",
}


@dataclass
class Pack:
    purchase: Purchase
    # what the person has in front of them
    page: HttpResponse
    # the ids of all presses
    request_ids: list[str] = field(default_factory=list)

    def form(self, act: Act) -> Form:
        form = form_for(self.page, act, self.purchase.pk)
        if act == "reinstate":
            form |= SAID
        self.request_ids.append(form.fields["request_id"])
        return form

    def told(self) -> tuple[int, str, str, str]:
        """What the page says: to compare with another pack's."""
        (row,) = [row for row in rows_on(self.page) if row.purchase_id == self.purchase.pk]
        return self.page.status_code, row.used, row.words, said_on(self.page)

    def effects(self) -> list[tuple[str, int, str | None, str]]:
        """One line for each press, in order: what the ledger has."""
        events = SessionEvent.objects.filter(purchase=self.purchase).exclude(kind="opened")
        by_request = {str(event.request_id): event for event in events.select_related("request")}
        assert set(by_request) == set(self.request_ids), "each press counts"
        assert len(events) == len(self.request_ids), "and counts once"
        return [
            (event.kind, event.sessions_used or 0, event.request.reason, event.request.note)
            for event in map(by_request.__getitem__, self.request_ids)
            if event.request
        ]


def said_on(page: HttpResponse) -> str:
    """The one thing that the page says has happened."""
    (said,) = re.findall(r'<div class="notice">(.*?)</div>', html_of(page), re.S)
    return words(said)


def two_packs(org: Org, person: Person) -> tuple[Pack, Pack]:
    now = timezone.now()
    one, other = (make_purchase(org=org, purchased_at=now) for _ in range(2))
    page = person.get()
    return Pack(one, page), Pack(other, page)


def try_again(person: Person, unconfirmed: HttpResponse, *, htmx: bool) -> HttpResponse:
    """Press the button that the page offers."""
    assert unconfirmed.status_code == 503
    assert "We could not confirm this yet. It is safe to try again." in words_on(unconfirmed)
    (form,) = forms_on(unconfirmed)
    return person.press(form, htmx=htmx)


@pytest.fixture(scope="module")
def unclaimed_site(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    application = "tests.outages.unclaimed:application"
    with running_site(behind(proxy, login), collected, application=application) as site:
        yield site


@pytest.mark.parametrize("moments", [BEFORE_COMMIT, AFTER_COMMIT], ids=["before", "after"])
def test_trying_again_counts_once_and_gives_the_first_answer(
    site: Site, proxy: Proxy, mia: User, northside: Org, moments: tuple[Moment, ...]
) -> None:
    person = Person(site, signed_in(mia))
    smooth, cut = two_packs(northside, person)
    cuts_before = proxy.cuts
    for n, act, moment in zip(range(CUTS), cycle(ACTS), cycle(moments), strict=False):
        htmx = n % 8 < 4
        smooth.page = person.press(smooth.form(act), htmx=htmx)

        form = cut.form(act)
        proxy.next_cut = moment
        unconfirmed = person.press(form, htmx=htmx)
        cut.page = try_again(person, unconfirmed, htmx=htmx)

        assert proxy.cuts == cuts_before + n + 1, "the connection was cut"
        assert cut.told() == smooth.told(), f"press {n}: {act}, {moment}"
        assert used(cut.purchase) == used(smooth.purchase)
    assert cut.effects() == smooth.effects()


@pytest.mark.parametrize("moment", AFTER_COMMIT)
def test_without_the_claim_trying_again_counts_twice(
    unclaimed_site: Site, proxy: Proxy, mia: User, northside: Org, moment: Moment
) -> None:
    """The negative control: here the cut does harm, and it is seen."""
    person = Person(unclaimed_site, signed_in(mia))
    smooth, cut = two_packs(northside, person)
    smooth.page = person.press(smooth.form("reinstate"))
    form = cut.form("reinstate")
    proxy.next_cut = moment

    cut.page = try_again(person, person.press(form), htmx=False)

    assert cut.told() != smooth.told()
    assert (used(smooth.purchase), used(cut.purchase)) == (2, 1)
    with pytest.raises(AssertionError, match="each press counts"):
        cut.effects()
