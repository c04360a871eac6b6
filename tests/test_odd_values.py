"""Odd values of any parameter cause no error 500."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.utils import timezone

from purchases.models import Org
from studio.models import User
from tests.cancelled_class.lists import create_list_by
from tests.conftest import SignIn
from tests.exports.files import end
from tests.factories import make_purchase
from tests.test_permissions import LINES, events_of, url_of

ODD_TEXTS = ["\0", "9" * 30, "0001-01-01"]
FIELD_NAMES = [
    *("q", "state", "after", "ids", "next", "by", "who", "event", "note", "reason", "days"),
    *("until", "approved_by", "secret", "adjust_by", "chosen", "client", "to", "amount", "pasted"),
    *("purchase", "shown", "line", "code", "username", "password", "pin", "again", "unknown\0"),
    "request_id",
]


@pytest.mark.parametrize("odd", ODD_TEXTS, ids=ascii)
def test_odd_values_of_every_parameter_cause_no_error(
    northside: Org, olivia: User, mia: User, signed_in: SignIn, odd: str
) -> None:
    soon = timezone.now() + timedelta(days=5)
    pack = make_purchase(org=northside, used=4, expires_at=soon)
    other = make_purchase(org=northside, client=pack.client)
    events = events_of(olivia, pack, other)
    cancelled_list = create_list_by(olivia, pack)
    browser = signed_in(olivia)
    odd_fields = dict.fromkeys(FIELD_NAMES, odd)
    for name in sorted({line[0] for line in LINES} - {"logout", "lock_desk"}):
        url = url_of(name, pack.pk, pack.client_id, events, cancelled_list.pk)
        assert status(browser.get(url, odd_fields)) < 500, url
        assert status(browser.post(url, odd_fields)) < 500, url
        # One odd value alone passes the checks of the other fields.
        for field in ("until", "event"):
            fields = {"request_id": uuid4(), "note": "why", field: odd}
            assert status(browser.post(url, fields)) < 500, (url, field)


def status(response: HttpResponseBase) -> int:
    """Return the status. An export is ended, because it keeps others waiting until then."""
    if response.streaming:
        end(response)
    return response.status_code
