"""Beyond the allowance an owner confirms on the spot, with a secret of their own: the one at the
desk stays signed in, and both names stand in the history."""

import logging
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from purchases.models import Org, Purchase, SessionRequest
from purchases.operations import sessions
from studio.models import Membership, User
from studio.shared_desk import codes
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import PASSWORD, make_purchase, make_user
from tests.forgiveness.allowances import LATE, allow
from tests.history import history_on, page_of
from tests.ledger import changes
from tests.packs import used
from tests.pages import (
    DOORS,
    LIST,
    USED_BEFORE,
    html_of,
    note_on,
    press,
    the_row_on,
    undo_on,
    words,
    words_on,
)

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
WRONG = "not-the-password"


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """Of a client to whom no more late cancel is forgiven."""
    allow(northside, 0)
    return make_purchase(org=northside, used=3)


def step_on(answer: HttpResponseBase) -> str:
    """The form with which an owner confirms."""
    (form,) = re.findall(r'<form class="owners-step".*?</form>', html_of(answer), re.S)
    return str(form)


def fields_of(form: str) -> dict[str, str]:
    found = dict(HIDDEN.findall(form))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def refused(desk: Client, pack: Purchase, *, htmx: bool = True, **fields: str) -> dict[str, str]:
    """What the owner's form sends, but for the secret."""
    answer = press(desk, "reinstate", pack, htmx=htmx, **{"reason": LATE.value, **fields})
    assert answer.status_code == 409
    return fields_of(step_on(answer))


def confirm(
    desk: Client, pack: Purchase, fields: dict[str, str], secret: str, *, htmx: bool = True
) -> HttpResponseBase:
    return press(desk, "reinstate", pack, htmx=htmx, **fields, secret=secret)


# --- Confirmed ------------------------------------------------------------------------------------


@DOORS
def test_the_owner_confirms_and_the_one_at_the_desk_stays_signed_in(
    desk: Client, mia: User, olivia: User, pack: Purchase, htmx: bool
) -> None:
    session = desk.cookies["sessionid"].value
    fields = refused(desk, pack, htmx=htmx, note="her bus broke down")

    answer = confirm(desk, pack, fields, PASSWORD, htmx=htmx)

    assert answer.status_code == (200 if htmx else 302)
    page = answer if htmx else desk.get(LIST)
    assert note_on(page) == "Session reinstated for Ana Ruiz. 2 of 10 used."
    assert undo_on(page)
    assert used(pack) == 2
    assert desk.cookies["sessionid"].value == session
    assert desk.session["_auth_user_id"] == str(mia.pk)


def test_both_names_stand_in_the_history_and_in_the_admin(
    desk: Client, mia: User, olivia: User, pack: Purchase
) -> None:
    confirm(desk, pack, refused(desk, pack, note="bus"), PASSWORD)

    request = SessionRequest.objects.get(event__kind="reinstated")
    assert (request.actor, request.approved_by, request.note) == (mia, olivia, "bus")
    who = history_on(desk.get(page_of(pack)))[0].who
    assert who.startswith("Mia, confirmed by Olivia: late cancel forgiven bus")
    ledger = desk.get(reverse("admin:purchases_sessionevent_changelist"))
    assert "mia, confirmed by olivia" in words_on(ledger)


def test_it_is_a_press_of_its_own_beside_the_one_that_was_refused(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    first = str(uuid4())
    fields = refused(desk, pack, request_id=first)

    confirm(desk, pack, fields, PASSWORD)

    assert fields["request_id"] != first
    kept = SessionRequest.objects.order_by("asked_at").values_list("objection", "approved_by")
    assert list(kept) == [("over_allowance", None), (None, olivia.pk)]


def test_what_was_confirmed_counts_like_any_other(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    confirm(desk, pack, refused(desk, pack), PASSWORD)

    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert note_on(answer).startswith("2nd in 30 days for Ana Ruiz")


def test_a_confirmation_that_was_not_needed_any_more_is_kept_all_the_same(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    fields = refused(desk, pack)
    northside.allowances.all().delete()

    confirm(desk, pack, fields, PASSWORD)

    assert SessionRequest.objects.get(event__kind="reinstated").approved_by == olivia


def test_the_chosen_visit_is_the_one_that_is_given_back(
    desk: Client, mia: User, olivia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, used=0)
    desk_presses = [press(desk, "use", pack) for _ in range(2)]
    visit = pack.events.filter(kind="used").earliest("pk")
    allow(northside, 0)

    confirm(desk, pack, refused(desk, pack, event=str(visit.pk)), PASSWORD)

    assert len(desk_presses) == 2
    assert pack.events.get(kind="reinstated").reverses == visit


def test_what_stands_against_the_press_itself_is_said_and_kept(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    fields = refused(desk, pack)
    Purchase.objects.update(sessions_used=0)

    answer = confirm(desk, pack, fields, PASSWORD)

    assert (answer.status_code, note_on(answer)) == (
        409,
        "Nothing to give back: no session of this pack is used.",
    )
    assert "owners-step" not in html_of(answer)


# --- The form -------------------------------------------------------------------------------------


def test_of_one_owner_the_form_says_the_name_and_of_several_it_lets_choose(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert words(step_on(answer)) == "Olivia confirms with password or code Confirm and reinstate"

    omar = make_user(username="omar", org=northside, role="owner")
    form = step_on(press(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert re.findall(r"<option.*?>(\w+)</option>", form) == ["Olivia", "Omar"]
    fields = fields_of(form) | {"approved_by": str(omar.pk)}
    again = step_on(confirm(desk, pack, fields, WRONG))
    assert f'value="{omar.pk}" selected' in again
    assert confirm(desk, pack, fields, PASSWORD).status_code == 200
    assert SessionRequest.objects.get(event__kind="reinstated").approved_by == omar


def test_a_studio_whose_owners_cannot_sign_in_is_told_so(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    User.objects.filter(pk=olivia.pk).update(is_active=False)

    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert "Your studio has no other owner who could confirm it." in words_on(answer)
    assert "owners-step" not in html_of(answer)


def test_browsers_neither_fill_the_secret_in_nor_keep_it(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    form = step_on(press(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert 'type="password" name="secret" autocomplete="one-time-code"' in form


# --- Not confirmed --------------------------------------------------------------------------------


@DOORS
def test_a_wrong_secret_changes_nothing_and_can_be_typed_again(
    desk: Client, olivia: User, pack: Purchase, htmx: bool
) -> None:
    fields = refused(desk, pack, htmx=htmx, note="bus")
    before = SessionRequest.objects.count()

    answer = confirm(desk, pack, fields, WRONG, htmx=htmx)

    assert answer.status_code == 409
    assert "That is not the password or code of Olivia. 4 tries are left." in words_on(answer)
    assert "1st in 30 days for Ana Ruiz: late cancel forgiven." in words_on(answer)
    assert the_row_on(answer).used == "3" == str(used(pack))
    assert SessionRequest.objects.count() == before, "the id is still good"
    again = fields_of(step_on(answer))
    assert {**again, "request_id": ""} == {**fields, "request_id": ""}
    assert confirm(desk, pack, again, PASSWORD, htmx=htmx).status_code == (200 if htmx else 302)


@pytest.mark.parametrize("person", ["mia", "max", "ada", "otto", "nora", "gone", "nobody"])
def test_only_an_owner_of_this_studio_who_is_somebody_else_can_confirm(
    desk: Client,
    olivia: User,
    northside: Org,
    pack: Purchase,
    person: str,
    request: pytest.FixtureRequest,
) -> None:
    people: dict[str, Callable[[], int]] = {
        "max": lambda: make_user(username="max", org=northside, role="staff").pk,
        "gone": lambda: make_user(username="gone", org=northside, role="owner").pk,
        "nobody": lambda: 2**40,
    }
    known = people.get(person)
    approver = known() if known else request.getfixturevalue(person).pk
    User.objects.filter(username="gone").update(is_active=False)
    fields = refused(desk, pack) | {"approved_by": str(approver)}

    answer = confirm(desk, pack, fields, PASSWORD)

    assert (answer.status_code, note_on(answer)) == (409, "Choose an owner of your studio.")
    assert changes(pack) == []


def test_the_accountant_cannot_press_with_an_owner_beside_them(
    signed_in: SignIn, ada: User, olivia: User, pack: Purchase
) -> None:
    answer = press(signed_in(ada), "reinstate", pack, approved_by=str(olivia.pk), secret=PASSWORD)

    assert answer.status_code == 403
    assert used(pack) == 3


@pytest.mark.parametrize(
    ("field", "sent", "says"),
    [
        ("approved_by", "olivia", "This page is out of date."),
        ("approved_by", "-1", "greater than or equal to 1"),
        ("secret", "\0", "This is not a password."),
        ("secret", "x" * 1001, "This is too long for a password."),
    ],
)
def test_what_no_form_sends_is_refused(
    desk: Client, olivia: User, pack: Purchase, field: str, sent: str, says: str
) -> None:
    answer = press(desk, "reinstate", pack, htmx=True, **{"reason": LATE.value, field: sent})

    assert answer.status_code == 400
    assert says in words_on(answer)
    assert not SessionRequest.objects.exists()


# --- Five tries -----------------------------------------------------------------------------------


def test_a_code_of_the_owners_own_will_do(desk: Client, olivia: User, pack: Purchase) -> None:
    codes.set_code(olivia.membership, "4071")

    assert confirm(desk, pack, refused(desk, pack), "4071").status_code == 200


def test_after_five_wrong_tries_not_even_the_right_one_confirms_for_a_while(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    fields = refused(desk, pack)
    locked = "Too many wrong tries. Olivia can confirm again in 15 minutes."
    said = [note_on(confirm(desk, pack, fields, WRONG)) for _ in range(5)]
    assert said[3:] == ["That is not the password or code of Olivia. 1 try is left.", locked]

    assert note_on(confirm(desk, pack, fields, PASSWORD)) == locked
    omar = make_user(username="omar", org=northside, role="owner")
    other = {**fields, "approved_by": str(omar.pk), "request_id": str(uuid4())}
    assert confirm(desk, pack, other, PASSWORD).status_code == 200, "it locks that person out"
    Membership.objects.update(locked_until=timezone.now())
    assert confirm(desk, pack, fields, PASSWORD).status_code == 200


def test_a_right_one_takes_the_wrong_ones_before_it_away(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    for _ in range(3):
        fields = refused(desk, pack)
        for _ in range(4):
            confirm(desk, pack, fields, WRONG)
        assert confirm(desk, pack, fields, PASSWORD).status_code == 200


# --- Again ----------------------------------------------------------------------------------------


@DOORS
def test_sent_twice_it_counts_once_and_answers_the_same_though_the_secret_changed_since(
    desk: Client, olivia: User, pack: Purchase, htmx: bool
) -> None:
    fields = refused(desk, pack)
    first = confirm(desk, pack, fields, PASSWORD, htmx=htmx)
    olivia.set_password("another-long-password")
    olivia.save()

    again = confirm(desk, pack, fields, PASSWORD, htmx=htmx)

    assert again.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert note_on(again) == note_on(first)
    assert changes(pack) == [("reinstated", -1, 2)]


def test_the_same_id_with_another_approver_or_none_is_another_press(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    omar = make_user(username="omar", org=northside, role="owner")
    first = str(uuid4())
    fields = {**refused(desk, pack, request_id=first), "approved_by": str(olivia.pk)}
    assert confirm(desk, pack, fields, PASSWORD).status_code == 200
    others = [
        confirm(desk, pack, {**fields, "approved_by": str(omar.pk)}, PASSWORD),
        press(desk, "reinstate", pack, htmx=True, reason=LATE, request_id=fields["request_id"]),
        confirm(desk, pack, {**fields, "request_id": first}, PASSWORD),
    ]

    assert [(each.status_code, note_on(each)) for each in others] == [(409, USED_BEFORE)] * 3
    assert used(pack) == 2


# --- The secret stays one -------------------------------------------------------------------------


@DOORS
@pytest.mark.parametrize("secret", [WRONG, PASSWORD])
def test_it_stands_in_no_page_no_log_and_no_table(
    desk: Client,
    olivia: User,
    pack: Purchase,
    secret: str,
    htmx: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = confirm(desk, pack, refused(desk, pack, htmx=htmx), secret, htmx=htmx)

    assert secret not in html_of(answer)
    assert secret not in str(answer.headers)
    assert secret not in caplog.text
    for table in ["session_requests", "session_events", "studio_session"]:
        assert secret not in str(rows(f"SELECT * FROM {table}"))


@pytest.mark.parametrize("where", ["check_password", "one_row", "asked"])
def test_it_stands_in_no_error_report(
    desk: Client, olivia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    fields = refused(desk, pack)
    reports: list[str] = []

    # Its own frame has what it was called with.
    @sensitive_variables()
    def explode(*_: Any, **__: Any) -> None:
        raise ImproperlyConfigured("a mistake of ours")

    def report(request: HttpRequest, *error: Any) -> None:
        reporter = ExceptionReporter(request, *error)
        reports.extend([reporter.get_traceback_text(), reporter.get_traceback_html()])

    if where == "check_password":
        monkeypatch.setattr(codes, "check_password", explode)
    elif where == "one_row":
        monkeypatch.setattr(sessions, "one_row", explode)
    else:
        monkeypatch.setattr("purchases.forms.Approval", explode)
    monkeypatch.setattr(
        "django.core.handlers.exception.response_for_exception",
        lambda request, error: report(request, type(error), error, error.__traceback__),
    )
    with pytest.raises(Exception):  # noqa: B017, PT011  Django has no answer to give then
        confirm(desk, pack, fields, PASSWORD)

    assert len(reports) >= 2
    assert "a mistake of ours" in reports[0]
    assert not [each for each in reports if PASSWORD in each]


def test_where_the_database_does_not_answer_it_is_typed_again_and_counts_as_no_try(
    desk: Client, olivia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = refused(desk, pack)
    desk.raise_request_exception = False

    def silent(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as there:
        there.setattr(sessions, "one_row", silent)
        answer = confirm(desk, pack, fields, PASSWORD)

    assert answer.status_code == 503
    assert PASSWORD not in html_of(answer)
    again = press(desk, "reinstate", pack, htmx=True, **fields_of(html_of(answer)))
    assert again.status_code == 409
    assert note_on(again) == "Nothing was changed yet: Olivia types the password or code once more."
    assert Membership.objects.get(user=olivia).wrong_tries == 0
    assert confirm(desk, pack, fields_of(step_on(again)), PASSWORD).status_code == 200
    assert used(pack) == 2


# --- In the database ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "approver", "rule"),
    [
        ("reinstate", "mia", "session_requests_are_approved_by_somebody_else"),
        ("use", "olivia", "session_requests_only_reinstatements_are_approved"),
    ],
)
def test_the_table_holds_it_too(
    mia: User, olivia: User, pack: Purchase, operation: str, approver: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        SessionRequest.objects.create(
            request_id=uuid4(),
            operation=operation,
            purchase=pack,
            actor=mia,
            approved_by=mia if approver == "mia" else olivia,
        )


def test_who_has_confirmed_something_is_not_deleted(
    desk: Client, mia: User, olivia: User, pack: Purchase
) -> None:
    confirm(desk, pack, refused(desk, pack), PASSWORD)

    with pytest.raises(ProtectedError):
        olivia.delete()
