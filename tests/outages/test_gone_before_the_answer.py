"""The line between the browser and the site is cut: the press was made, and nobody was there to
hear the answer."""

import time
from itertools import cycle

import pytest

from purchases.models import Org, SessionRequest
from studio.models import User
from tests.database import PATIENCE
from tests.factories import make_purchase
from tests.outages.site import Person, Site, form_for, signed_in
from tests.pages import words_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 50


def test_who_left_before_the_answer_and_presses_again_counts_once_and_hears_it(
    site: Site, mia: User, northside: Org
) -> None:
    person = Person(site, signed_in(mia))
    purchase = make_purchase(org=northside, total=100, used=50)
    for n in range(TIMES):
        form = form_for(person.get(), "use", purchase.pk)
        with person.leaving(form):
            if n % 2:
                wait_for_the_effect(form.fields["request_id"])
            # Otherwise the press may arrive or not, and the next one may come while it is at work.

        assert f"{50 + n + 1} of 100 used." in words_on(person.press(form))
        assert used(purchase) == 50 + n + 1
    assert purchase.events.filter(kind="used").count() == TIMES


def test_a_form_that_came_in_part_does_nothing(site: Site, mia: User, northside: Org) -> None:
    """Not even where the part would make a form by itself, without the note."""
    person = Person(site, signed_in(mia))
    purchase = make_purchase(org=northside, total=100, used=50)
    for n, sent in zip(range(TIMES), cycle([0.5, 0.8, 0.9, 0.99]), strict=False):
        form = form_for(person.get(), "reinstate", purchase.pk)
        form |= {"note": "Nobody else came, so that the class was cancelled. " * 4}
        with person.leaving(form, sent=sent):
            pass

        assert f"{50 - n - 1} of 100 used." in words_on(person.press(form))
        assert used(purchase) == 50 - n - 1
        asked = SessionRequest.objects.get(pk=form.fields["request_id"])
        assert asked.note == form.fields["note"].strip()


def wait_for_the_effect(request_id: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not SessionRequest.objects.filter(pk=request_id).exists():
        assert time.monotonic() < deadline, "the press that was sent whole did not arrive"
        time.sleep(0.005)
