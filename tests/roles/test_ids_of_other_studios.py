"""An id that another studio has used is refused, although row level security hides its row."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.database import grants
from studio.models import User
from tests.cancelled_class.pages import submit_list
from tests.clients.pages import add as add_client
from tests.conftest import SignIn
from tests.database import acting_as
from tests.factories import make_purchase, make_user
from tests.pages import post_action, send
from tests.sales.selling import sell

Send = Callable[[Browser, Purchase, UUID], HttpResponseBase]
CSV = b"Name,Email\nAna Ruiz,ana@example.com\n"
OFFER: dict[str, Any] = {
    "name": "Ten",
    "offer_type": "session_pack",
    "price": "100",
    "sessions": "10",
}
MANY_FIELDS: dict[str, Any] = {"bonus": "", "valid_days": "90", "seen": "0"}


def upload(browser: Browser, purchase: Purchase, request_id: UUID) -> HttpResponseBase:
    file = SimpleUploadedFile("a.csv", CSV)
    return browser.post("/import/", {"import_id": request_id, "file": file})


def balances(browser: Browser, purchase: Purchase, request_id: UUID) -> HttpResponseBase:
    left = f"left-{vars(purchase)['without_pack']}"
    typed = {"import_id": request_id, "pack": "Ten", "sessions": "10", left: "3"}
    return browser.post(reverse("purchases:import_balances"), typed)


FORMS: dict[str, Send] = {
    "reinstate": lambda b, p, i: post_action(b, "reinstate", p, request_id=str(i)),
    "use": lambda b, p, i: post_action(b, "use", p, request_id=str(i)),
    "add a client": lambda b, p, i: add_client(b, request_id=i),
    "sell": lambda b, p, i: sell(b, p.offer, p.client, request_id=i),
    "add an offer": lambda b, p, i: send(
        b, reverse("purchases:add_offer"), request_id=i, **OFFER, **MANY_FIELDS
    ),
    "cancelled class": lambda b, p, i: submit_list(b, i, p),
    "import": upload,
    "balances": balances,
}


@pytest.mark.parametrize("form", FORMS)
def test_the_id_of_another_studio_is_refused(
    studio_roles: None,
    northside: Org,
    southside: Org,
    olivia: User,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    monkeypatch.setattr("purchases.imports.worker.begin", lambda imported: None)
    oscar = make_user(username="oscar", org=southside, role="owner")
    browsers = [signed_in(user) for user in (olivia, oscar)]
    purchases = [make_purchase(org=org, total=10, used=3) for org in (northside, southside)]
    nia = {org.pk: org.clients.create(full_name="Nia").pk for org in (northside, southside)}
    for purchase in purchases:
        # As studio_app, the test itself sees no row.
        assert purchase.offer.org_id == purchase.client.org_id
        purchase.without_pack = nia[purchase.org_id]  # type: ignore[attr-defined]
    request_id = uuid4()

    with acting_as(grants.APP):
        first, second = (
            FORMS[form](browser, purchase, request_id)
            for browser, purchase in zip(browsers, purchases, strict=True)
        )

    assert first.status_code in (200, 302), first
    assert second.status_code in (400, 409)
