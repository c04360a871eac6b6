"""Permissions: one table of the status for each URL, HTTP method and role.

The admin has a table of its own, in test_admin_access.py.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from purchases.models import MergedClient, Org, Purchase, PurchaseEvent
from studio.models import Membership, User
from tests.acts.acts import moved_by, paid_by
from tests.cancelled_class.lists import create_list_by, make_done_list
from tests.clients.merges import merged_by
from tests.expiry.extensions import extended_by
from tests.exports.files import end
from tests.factories import make_client, make_purchase
from tests.imports.planned import make_undone_import
from tests.ledger import reinstated_by
from tests.pages import HTMX, html_of, normalized, words_on
from tests.permission_table import ANSWERS, PEOPLE
from tests.several_studios.people import make_tara

HEADER, *LINES = [line.split() for line in ANSWERS.strip().splitlines()]
# The lines of a URL. POST comes last, because it may change what the others read.
LINES_OF = {
    name: sorted((line for line in LINES if line[0] == name), key=lambda line: line[1] == "POST")
    for name in dict.fromkeys(line[0] for line in LINES)
}
TABLE = [
    pytest.param(
        name,
        person,
        {verb: int(statuses[number]) for _, verb, *statuses in lines},
        id=f"{person} {name}",
    )
    for name, lines in LINES_OF.items()
    for number, person in enumerate(PEOPLE)
]
FORM = "application/x-www-form-urlencoded"
# The requests that may change a count or an expiry.
MAY_CHANGE = {("mia", "POST"), ("olivia", "POST")}
# The actions that only owners have.
OF_OWNERS = {
    "purchases:correct_total",
    "purchases:correct_used",
    "purchases:refund",
    "purchases:transfer",
}
# The actions whose GET is a page with the form.
WITH_PAGE = OF_OWNERS | {"purchases:move_use"}
# The pages on which a client is changed.
OF_CLIENTS = {"purchases:edit_client", "purchases:merge_client"}
BUTTONS = {
    "purchases:extend",
    "purchases:extend_all",
    "purchases:receive_payment",
    "purchases:reinstate",
    "purchases:reinstate_all",
    "purchases:undo",
    "purchases:undo_all",
    "purchases:undo_change",
    "purchases:undo_extension",
    "purchases:undo_merge",
    "purchases:undo_move",
    "purchases:use",
}
# The pages and buttons of one offer, which change no purchase.
OFFER_FORMS = {"purchases:edit_offer", "purchases:retire_offer"}
OF_AN_IMPORT = {
    "purchases:import_check",
    "purchases:import_columns",
    "purchases:import_detail",
    "purchases:undo_import",
}
OF_A_DONE_LIST = {"purchases:extend_all", "purchases:undo_all"}
ACTIONS = WITH_PAGE | BUTTONS


@pytest.mark.parametrize(("name", "person", "statuses"), TABLE)
def test_each_user_gets_the_statuses_of_the_table(
    northside: Org,
    request: pytest.FixtureRequest,
    name: str,
    person: str,
    statuses: dict[str, int],
) -> None:
    pack = make_purchase(org=northside, used=4, expires_at=timezone.now() + timedelta(days=5))
    mia = request.getfixturevalue("mia")
    other = make_purchase(org=northside, client=pack.client)
    events = events_of(mia, pack, other)
    cancelled_list = create_list_by(mia, pack)
    if name == "purchases:receive_payment":
        Purchase.objects.update(payment_status="pending")
    expired = make_purchase(org=northside, expires_at=timezone.now() - timedelta(days=5))
    done_list = make_done_list(mia, expired)
    browser = browser_of(person, request)
    list_id = done_list.pk if name in OF_A_DONE_LIST else cancelled_list.pk
    if name in OF_AN_IMPORT:
        list_id = make_undone_import(mia).pk
    url = url_of(name, pack.pk, pack.client_id, events, list_id)
    fields = {
        "days": 7,
        "adjust_by": 1,
        "note": "why",
        "client": make_client(org=northside).pk,
        "to": other.pk,
        "amount": 1,
        "full_name": pack.client.full_name,
        "anyway": 1,
    }
    is_permitted = person == "olivia" or name not in OF_OWNERS
    for verb, status in statuses.items():
        before = [state_of(each) for each in (pack, expired)]
        response = browser.generic(verb, url, urlencode({"request_id": uuid4(), **fields}), FORM)

        assert response.status_code == status, verb
        if response.streaming:
            end(response)
        if person == "nobody" and status == 302:
            assert response["Location"].startswith(reverse("login")), verb
        may_change = (person, verb) in MAY_CHANGE and name in ACTIONS and is_permitted
        after = [state_of(each) for each in (pack, expired)]
        assert (after != before) is may_change, verb


@pytest.fixture
def tara(northside: Org, southside: Org) -> User:
    """An owner of both studios, whose session opens Southside."""
    return make_tara(southside, northside)


@pytest.mark.parametrize("name", LINES_OF)
def test_a_studio_that_is_not_open_answers_as_to_a_stranger(
    northside: Org, request: pytest.FixtureRequest, name: str
) -> None:
    """Tara may do everything in Northside too, after she has opened it."""
    otto, olivia = PEOPLE.index("otto"), PEOPLE.index("olivia")
    statuses = {
        verb: int(answers[otto])
        for _, verb, *answers in LINES_OF[name]
        if verb in ("GET", "POST") and answers[otto] != answers[olivia]
    }
    test_each_user_gets_the_statuses_of_the_table(northside, request, name, "tara", statuses)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
def test_an_unknown_url_is_404_for_every_user(
    db: None, request: pytest.FixtureRequest, verb: str, person: str
) -> None:
    browser = browser_of(person, request)

    for path in ("/no/such/page/", "/purchases/7/reinstate/", f"/purchases/{uuid4()}/lose/"):
        assert browser.generic(verb, path).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "purchases:cancelled_class_detail",
        "purchases:client_detail",
        "purchases:purchase_detail",
        *sorted(ACTIONS | OFFER_FORMS | OF_CLIENTS),
    ],
)
@pytest.mark.parametrize("stranger", ["otto", "sara"])
def test_a_row_of_another_org_and_an_unknown_id_get_the_same_answer(
    northside: Org,
    mia: User,
    request: pytest.FixtureRequest,
    stranger: str,
    name: str,
) -> None:
    """A member of another org must not learn which ids exist.

    Sara's role allows no action, but she gets 404 and not 403: views load the row before they check
    the role.
    """
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    events = events_of(mia, pack, make_purchase(org=northside, client=pack.client))
    unknown_events = {name: event_id + 1000 for name, event_id in events.items()}
    browser = browser_of(stranger, request)

    url = url_of(name, pack.pk, pack.client_id, events, create_list_by(mia, pack).pk)
    unknown_url = url_of(name, uuid4(), uuid4(), unknown_events, uuid4())
    is_button = name in BUTTONS or name == "purchases:retire_offer"
    has_form = name in WITH_PAGE | OF_CLIENTS or name == "purchases:edit_offer"
    allowed = {"POST"} if is_button else {"GET", "POST"} if has_form else {"GET"}
    verbs = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    for verb, headers in product(verbs, [{}, HTMX]):
        foreign = browser.generic(verb, url, headers=headers)
        unknown = browser.generic(verb, unknown_url, headers=headers)

        status = 404 if verb in allowed else 405
        assert foreign.status_code == unknown.status_code == status, (verb, headers)
        assert normalized(html_of(foreign)) == normalized(html_of(unknown)), (verb, headers)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("name", sorted(BUTTONS))
def test_a_get_of_the_address_of_a_button_explains_itself(
    northside: Org, mia: User, name: str, headers: dict[str, str]
) -> None:
    browser = Client()
    browser.force_login(mia)

    events = dict.fromkeys(["undo", "undo_extension", "undo_move", "undo_change", "undo_merge"], 1)
    url = url_of(name, uuid4(), uuid4(), events, uuid4())
    answer = browser.get(url, headers=headers)

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address works only with a button of the desk." in words_on(answer)
    assert ("<h1" in html_of(answer)) is not bool(headers)


def test_the_table_has_every_url_and_every_user() -> None:
    assert {name for name, *_ in LINES} == set(urls())
    assert HEADER == PEOPLE


def events_of(user: User, pack: Purchase, other: Purchase) -> dict[str, int]:
    """Return an event for each URL that undoes one."""
    return {
        "undo": reinstated_by(user, pack).pk,
        "undo_extension": extended_by(user, pack).pk,
        "undo_move": moved_by(user, pack, other).pk,
        "undo_change": changed_by(user, pack).pk,
        "undo_merge": merged_by(user, pack.client, make_client(org=pack.org)),
    }


def changed_by(user: User, pack: Purchase) -> PurchaseEvent:
    """Return the event of a payment that the user received."""
    Purchase.objects.filter(pk=pack.pk).update(payment_status="pending")
    return paid_by(user, pack)


def state_of(pack: Purchase) -> tuple[object, ...]:
    """Return what an action at the desk can change."""
    row = Purchase.objects.get(pk=pack.pk)
    counts = row.sessions_used, row.sessions_total
    merged = MergedClient.objects.count()
    return *counts, row.expires_at, row.client_id, row.payment_status, merged


def browser_of(person: str, request: pytest.FixtureRequest) -> Client:
    browser = Client()
    if person != "nobody":
        browser.force_login(request.getfixturevalue(person))
    return browser


def url_of(
    name: str, purchase_id: UUID, client_id: UUID, events: dict[str, int], list_id: UUID
) -> str:
    match name:
        case "choose_password":
            return reverse(name, args=["MQ", "set-password"])
        case "purchases:export_list":
            return reverse(name, args=["purchases", "csv"])
        case _ if name in OF_CLIENTS or name == "purchases:client_detail":
            return reverse(name, args=[client_id])
        case (
            "purchases:cancelled_class_detail"
            | "purchases:extend_all"
            | "purchases:reinstate_all"
            | "purchases:undo_all"
            | "purchases:import_check"
            | "purchases:import_columns"
            | "purchases:import_detail"
            | "purchases:undo_import"
        ):
            return reverse(name, args=[list_id])
        case "start_link":
            return reverse(name, args=["wrong"])
        case "person:invite":
            return reverse(name)
        case _ if name.startswith("person:"):
            return reverse(name, args=[Membership.objects.get(user__username="mia").pk])
        case "purchases:edit_offer" | "purchases:retire_offer":
            purchase = Purchase.objects.filter(pk=purchase_id).first()
            return reverse(name, args=[purchase.offer_id if purchase else uuid4()])
        case "second_factor:remove_passkey":
            return reverse(name, args=[1])
        case _ if name.startswith("purchases:undo"):
            return reverse(name, args=[events[name.removeprefix("purchases:")]])
        case _ if name in ACTIONS or name == "purchases:purchase_detail":
            return reverse(name, args=[purchase_id])
        case _:
            return reverse(name)


def urls(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """Yield the name of every URL outside the admin, or its pattern if it has no name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or entry.pattern}"
        elif entry.namespace != "admin":
            yield from urls(entry, f"{entry.namespace}:" if entry.namespace else namespace)
