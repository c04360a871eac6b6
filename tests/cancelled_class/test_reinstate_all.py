"""Submit a list: each of its purchases has its own request and result."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from purchases.models import (
    CancelledClass,
    CancelledClassLine,
    Org,
    Purchase,
    Refusal,
    SessionEvent,
    SessionRequest,
)
from studio.models import Policy, User
from tests.cancelled_class.lists import create_list_by, reinstatement_count
from tests.cancelled_class.pages import (
    detail,
    finish,
    list_url,
    paste_names,
    progress_on,
    submit_list,
    ticked,
)
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase, make_purchases
from tests.ledger import reinstated_by, undone_by
from tests.pages import html_of, note_on, words_on
from tests.purchase_kinds import used


def test_each_pack_is_reinstated_by_its_own_request(
    northside: Org, desk: Client, mia: User
) -> None:
    packs = [make_purchase(org=northside, used=used) for used in (3, 1, 10)]
    list_id = uuid4()

    answer = submit_list(desk, list_id, *packs, note="Reformer 18:00")

    assert (answer.status_code, answer["Location"]) == (302, detail(list_id))
    assert [used(pack) for pack in packs] == [2, 0, 9]
    requests = SessionRequest.objects.all()
    assert {request.purchase_id for request in requests} == {pack.pk for pack in packs}
    for request in requests:
        assert (request.actor, request.reason) == (mia, "class_cancelled")
        assert request.note == "Reformer 18:00"
        assert request.request_id == CancelledClass.objects.get().request_id(request.purchase_id)
    page = desk.get(detail(list_id))
    assert progress_on(page) == "3 of 3 given back"
    assert "Class cancelled: Reformer 18:00" in words_on(page)
    assert "8 2 of 10 used given back" in words_on(page)


def test_default_reason_is_class_cancelled(northside: Org, desk: Client) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    submit_list(desk, uuid4(), make_purchase(org=northside), reason="")
    submit_list(desk, uuid4(), make_purchase(org=northside), reason="instructor_absent")

    reasons = SessionRequest.objects.order_by("asked_at").values_list("reason", flat=True)
    assert [*reasons] == ["class_cancelled", "instructor_absent"]


def test_page_shows_the_refusal_of_each_pack(northside: Org, desk: Client) -> None:
    ana = make_client(org=northside, name="Ana Ruiz")
    fresh = make_purchase(org=northside, client=ana, used=0)
    unpaid = make_purchase(org=northside, payment_status="pending")
    miscounted = make_purchase(org=northside, used=12)
    expired = make_purchase(org=northside, expires_at=timezone.now() - timedelta(days=3))
    list_id = uuid4()

    submit_list(desk, list_id, fresh, unpaid, miscounted, expired)

    page = desk.get(detail(list_id))
    assert progress_on(page) == "1 of 4 given back · 3 refused"
    for words in (
        Refusal.NOTHING_USED.label,
        Refusal.NOT_PAID.label,
        Refusal.COUNT_IS_OFF.label,
        "needs a new expiry",
    ):
        assert str(words) in words_on(page)
    assert (used(fresh), used(unpaid), used(miscounted), used(expired)) == (0, 3, 12, 2)
    assert "Finish the rest" not in words_on(page)


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_submitting_a_list_is_idempotent(northside: Org, desk: Client, htmx: bool) -> None:
    packs = [make_purchase(org=northside, used=used) for used in (3, 0)]
    list_id = uuid4()
    submit_list(desk, list_id, *packs)
    page = words_on(desk.get(detail(list_id)))

    for _ in range(2):
        assert submit_list(desk, list_id, *packs, htmx=htmx).status_code == (200 if htmx else 302)
        finish(desk, list_id, htmx=htmx)

    assert reinstatement_count() == 1
    assert [used(pack) for pack in packs] == [2, 0]
    assert words_on(desk.get(detail(list_id))) == page


def test_list_id_cannot_be_reused_for_other_people_or_another_reason(
    northside: Org, desk: Client
) -> None:
    packs = make_purchases(org=northside, count=60)
    list_id = uuid4()
    submit_list(desk, list_id, *packs)

    for answer in (
        submit_list(desk, list_id, *packs[:-1]),
        submit_list(desk, list_id, *packs, make_purchase(org=northside)),
        submit_list(desk, list_id, *packs, reason="other"),
        submit_list(desk, list_id, *packs, note="again"),
    ):
        assert answer.status_code == 409
        assert "This list was sent before with other people" in words_on(answer)
        assert progress_on(answer) == "50 of 60 given back · 10 left to do"
    assert reinstatement_count() == 50


def test_purchase_of_another_org_is_left_out_and_reported(
    northside: Org, southside: Org, desk: Client
) -> None:
    own, theirs = make_purchase(org=northside), make_purchase(org=southside)
    list_id = uuid4()

    page = desk.get(submit_list(desk, list_id, own, theirs)["Location"])

    assert (used(own), used(theirs)) == (2, 3)
    assert progress_on(page) == "1 of 1 given back"
    assert note_on(page) == ("Your studio no longer has one of these packs. It was left out.")
    assert not SessionRequest.objects.filter(purchase_id=theirs.pk).exists()


def test_list_of_purchases_of_another_org_is_refused(southside: Org, desk: Client) -> None:
    theirs = make_purchase(org=southside)

    answer = submit_list(desk, uuid4(), theirs)

    assert answer.status_code == 409
    assert "Your studio no longer has any of these packs." in words_on(answer)
    assert str(theirs.pk) not in html_of(answer)
    assert (used(theirs), CancelledClass.objects.count()) == (3, 0)


@pytest.mark.parametrize("stranger", ["otto", "sara"])
def test_list_of_another_org_is_404(
    northside: Org,
    southside: Org,
    mia: User,
    request: pytest.FixtureRequest,
    signed_in: SignIn,
    stranger: str,
) -> None:
    """An org is a tenant, so its lists are invisible to members of other orgs.

    Sara, the accountant, gets 404 too, because the list is looked up before the role.
    """
    class_list = create_list_by(mia, make_purchase(org=northside))
    own = make_purchase(org=southside)
    browser = signed_in(request.getfixturevalue(stranger))

    assert submit_list(browser, class_list.pk, own).status_code == 404
    assert (used(own), reinstatement_count()) == (3, 0)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"purchase": []}, "Tick the people who get a session back"),
        ({"purchase": [str(uuid4()) for _ in range(501)]}, "Tick at most 500 people"),
        ({"purchase": ["x"]}, "This page is out of date."),
        ({"note": "x" * 501}, "Shorten the note"),
        ({"reason": "rain"}, "Choose a reason from the list"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_invalid_list_shows_an_error_and_keeps_the_form(
    northside: Org, desk: Client, htmx: bool, fields: dict[str, object], error: str
) -> None:
    pack = make_purchase(org=northside)
    list_id = uuid4()

    data = {"pasted": "Ana Ruiz"} | fields
    answer = submit_list(desk, list_id, pack, htmx=htmx, **data)

    assert answer.status_code == 400
    assert error in words_on(answer)
    assert CancelledClass.objects.count() == 0
    if not htmx:
        assert str(list_id) in list_url(answer)
        assert ">Ana Ruiz</textarea>" in html_of(answer)


def test_undone_reinstatement_is_shown(northside: Org, desk: Client, mia: User) -> None:
    pack = make_purchase(org=northside)
    class_list = create_list_by(mia, pack)
    finish(desk, class_list.pk)
    undone_by(mia, SessionEvent.objects.get(kind="reinstated"))

    finish(desk, class_list.pk)

    assert used(pack) == 3
    assert "undone" in words_on(desk.get(detail(class_list.pk)))


def test_form_submits_the_ticked_packs(northside: Org, desk: Client, mia: User) -> None:
    pack, recent = (
        make_purchase(org=northside, client=make_client(org=northside, name=name))
        for name in ("Ana Ruiz", "Bo Ng")
    )
    reinstated_by(mia, recent)
    page = paste_names(desk, "Ana Ruiz", "Bo Ng")

    desk.post(list_url(page), {"purchase": ticked(page), "reason": "class_cancelled"})

    assert (used(pack), used(recent)) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_list_is_created_atomically(
    northside: Org, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    packs = make_purchases(org=northside, count=3)
    monkeypatch.setattr(CancelledClassLine.objects, "bulk_create", fail)

    with pytest.raises(ConnectionError):
        create_list_by(mia, *packs)

    assert not CancelledClass.objects.exists()
    assert not connection.in_atomic_block


def fail(*_: object) -> None:
    raise ConnectionError


def test_request_id_is_derived_from_list_and_purchase() -> None:
    one, two = CancelledClass(pk=uuid4()), CancelledClass(pk=uuid4())
    pack = Purchase(pk=uuid4())
    ids: set[UUID] = {one.request_id(pack.pk), two.request_id(pack.pk), one.request_id(uuid4())}

    assert len(ids) == 3
    assert one.request_id(pack.pk) in ids
