"""The browser disconnects before it reads the response. A retry counts once."""

from itertools import cycle

import pytest

from purchases.models import Org, SessionRequest
from studio.models import User
from tests.database import wait_until
from tests.factories import make_purchase
from tests.outages.site import Person, Site, form_for, signed_in
from tests.pages import words_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 50


def test_retry_after_a_disconnect_counts_once(site: Site, mia: User, northside: Org) -> None:
    person = Person(site, signed_in(mia))
    purchase = make_purchase(org=northside, total=100, used=50)
    for n in range(TIMES):
        form = form_for(person.get(), "use", purchase.pk)
        with person.disconnecting(form):
            if n % 2:
                wait_for_request(form.fields["request_id"])
            # In the other cases the request may be lost, or still run when the retry arrives.

        assert f"{50 - n - 1} of 100 left." in words_on(person.submit(form))
        assert used(purchase) == 50 + n + 1
    assert purchase.events.filter(kind="used").count() == TIMES


def test_partial_form_changes_nothing(site: Site, mia: User, northside: Org) -> None:
    """The received part may even be a valid form without the note."""
    person = Person(site, signed_in(mia))
    purchase = make_purchase(org=northside, total=100, used=50)
    for n, sent in zip(range(TIMES), cycle([0.5, 0.8, 0.9, 0.99]), strict=False):
        form = form_for(person.get(), "reinstate", purchase.pk)
        form |= {"note": "Nobody else came, so that the class was cancelled. " * 4}
        with person.disconnecting(form, sent=sent):
            pass

        assert f"{50 + n + 1} of 100 left." in words_on(person.submit(form))
        assert used(purchase) == 50 - n - 1
        request = SessionRequest.objects.get(pk=form.fields["request_id"])
        assert request.note == form.fields["note"].strip()


def wait_for_request(request_id: str) -> None:
    arrived = SessionRequest.objects.filter(pk=request_id).exists
    wait_until(arrived, "the complete request did not arrive")
