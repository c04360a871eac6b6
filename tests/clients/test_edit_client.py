"""Edit a client at the desk. A form that somebody else overtook loses nothing."""

from typing import Any
from uuid import uuid4

import pytest
from django.http.response import HttpResponseBase
from django.test import Client as Browser

from purchases.models import Client, ClientEvent, ClientRequest, Org
from studio.models import Policy, User
from tests.clients.pages import changes_on, form_of, page_of, url_to
from tests.database import rows
from tests.factories import make_client
from tests.integrity.faults import Fault, made_for_all
from tests.integrity.schedule import Connection, run
from tests.pages import words_on


def edit(browser: Browser, client: Client, **fields: Any) -> HttpResponseBase:
    """Load the form, change these fields and send it."""
    url = url_to("edit_client", client)
    return browser.post(url, form_of(browser.get(url)) | fields)


def reloaded(client: Client) -> Client:
    return Client.objects.get(pk=client.pk)


def test_the_form_changes_the_client_and_the_page_shows_who_changed_what(
    desk: Browser, ana: Client
) -> None:
    answer = edit(desk, ana, full_name="Ana R. Ruiz", phone="", notes="left\r\nknee")

    assert answer["Location"] == page_of(ana)
    changed = reloaded(ana)
    assert (changed.full_name, changed.email) == ("Ana R. Ruiz", "ana@example.com")
    assert (changed.phone, changed.notes) == (None, "left\nknee")
    page = desk.get(page_of(ana))
    assert "Saved." in words_on(page)
    edited, opened = changes_on(page)
    assert edited == (
        "Edited | Name: Ana Ruiz → Ana R. Ruiz; Phone: 0412 345 678 → –; Note: – → left knee | Mia"
    )
    assert opened.startswith("Opened | Name: Ana Ruiz; E-mail: ana@example.com;")


def test_the_new_name_is_found_and_the_old_one_is_not(desk: Browser, ana: Client) -> None:
    edit(desk, ana, full_name="Bea Ode")

    terms = {term.partition(" ")[0] for (term,) in rows("SELECT term FROM client_search_terms")}
    assert "bea" in terms
    assert "ruiz" not in terms


def test_a_form_without_a_change_writes_nothing(desk: Browser, ana: Client) -> None:
    assert edit(desk, ana).status_code == 302

    assert ClientEvent.objects.count() == 1
    assert not ClientRequest.objects.exists()


@pytest.mark.parametrize("email", ["ana@example.com.", "ana", "a\x07@b"])
def test_a_value_that_another_program_stored_stays_as_it_is(
    desk: Browser, northside: Org, email: str
) -> None:
    client = make_client(org=northside, email=email)
    rows("UPDATE clients SET notes = E'two\\r\\nlines  '")

    assert edit(desk, client, phone="0412").status_code == 302

    changed = reloaded(client)
    assert (changed.email, changed.phone, changed.notes) == (email, "0412", "two\r\nlines  ")


def test_an_invalid_form_is_shown_again_with_what_was_typed(desk: Browser, ana: Client) -> None:
    answer = edit(desk, ana, email="ana", notes="left knee")

    assert answer.status_code == 400
    assert "Write an e-mail address" in words_on(answer)
    assert form_of(answer)["notes"] == "left knee"
    assert reloaded(ana).notes is None


def test_the_same_request_counts_once(desk: Browser, ana: Client) -> None:
    url = url_to("edit_client", ana)
    form = form_of(desk.get(url)) | {"full_name": "Ana R."}

    answers = [desk.post(url, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ClientEvent.objects.filter(kind="edited").count() == 1


def test_a_retry_does_not_undo_a_later_change(desk: Browser, ana: Client) -> None:
    url = url_to("edit_client", ana)
    form = form_of(desk.get(url)) | {"full_name": "Ana R."}
    desk.post(url, form)
    edit(desk, ana, full_name="Ana Ruiz-Gil")

    assert desk.post(url, form).status_code == 302
    assert reloaded(ana).full_name == "Ana Ruiz-Gil"


def test_the_id_of_another_client_is_refused(desk: Browser, ana: Client) -> None:
    request_id = uuid4()
    ben = make_client(org=ana.org, name="Ben Ode")
    edit(desk, ana, full_name="Ana R.", request_id=request_id)

    answer = edit(desk, ben, full_name="Ben O.", request_id=request_id)

    assert answer.status_code == 409
    assert "This button was used for something else." in words_on(answer)
    assert reloaded(ben).full_name == "Ben Ode"


# --- A stale form ---------------------------------------------------------------------------------


def test_a_stale_form_shows_both_values_and_keeps_what_was_typed(
    desk: Browser, owner: Browser, ana: Client
) -> None:
    url = url_to("edit_client", ana)
    form = form_of(desk.get(url)) | {"phone": "0400 000 000", "notes": "left knee"}
    edit(owner, ana, phone="0499 999 999", email="ruiz@example.com")

    answer = desk.post(url, form)

    assert answer.status_code == 409
    words = words_on(answer)
    assert "Somebody else changed this client since. Check the values and save again." in words
    assert "Somebody else saved: 0499 999 999" in words
    again = form_of(answer)
    assert (again["phone"], again["notes"]) == ("0400 000 000", "left knee")
    # This person did not change the e-mail, so the new one is in its field.
    assert again["email"] == "ruiz@example.com"
    assert "Somebody else changed this. It is the new value." in words
    assert reloaded(ana).phone == "0499 999 999"

    assert desk.post(url, again).status_code == 302
    saved = reloaded(ana)
    assert (saved.phone, saved.email) == ("0400 000 000", "ruiz@example.com")
    assert saved.notes == "left knee"


def test_a_form_that_agrees_with_the_other_person_is_done(
    desk: Browser, owner: Browser, ana: Client
) -> None:
    url = url_to("edit_client", ana)
    form = form_of(desk.get(url)) | {"phone": "0499"}
    edit(owner, ana, phone="0499")

    assert desk.post(url, form).status_code == 302
    assert reloaded(ana).phone == "0499"


def test_a_refused_request_stays_refused(desk: Browser, ana: Client, mia: User) -> None:
    """The statement compares the values again, because another program may come in between."""
    request_id = uuid4()
    rows(
        "INSERT INTO client_requests (request_id, operation, org_id, client_id, actor_id)"
        " VALUES (%s, 'edit_client', %s, %s, %s)",
        request_id,
        ana.org_id,
        ana.pk,
        mia.pk,
    )

    answer = edit(desk, ana, full_name="Ana R.", request_id=request_id)

    assert answer.status_code == 409
    assert reloaded(ana).full_name == "Ana Ruiz"


EDIT = "edit_client(%(client)s, %(name)s, NULL, NULL, NULL, 'Ana Ruiz', NULL, NULL, NULL)"


def edit_as(user: User, client: Client, name: str) -> Any:
    """Return a caller that edits the client by the function of the database."""

    def call(connection: Connection) -> object:
        values = {"id": uuid4(), "client": client.pk, "name": name, "user": user.pk}
        connection.execute(
            "INSERT INTO client_requests (request_id, operation, org_id, client_id, actor_id)"
            f" VALUES (%(id)s, 'edit_client', '{client.org_id}', %(client)s, %(user)s)",
            values,
        )
        connection.execute("SELECT set_config('studio.request_id', %(id)s::text, true)", values)
        row = connection.execute(f"SELECT {EDIT}", values).fetchone()
        return row and row[0]

    return call


def both_edit(mia: User) -> tuple[object, object]:
    client = make_client(org=mia.membership.org)
    outcome = run(edit_as(mia, client, "Ana R."), edit_as(mia, client, "Ana Gil"), "COMMIT")
    return outcome.first, outcome.second


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_edit_at_once_the_second_is_told(mia: User) -> None:
    assert both_edit(mia) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_the_race_notices_a_function_that_does_not_compare(mia: User) -> None:
    fault = Fault(
        "edit_client without a comparison",
        function="edit_client",
        text="AND full_name = p_full_name_before",
    )
    with made_for_all(fault):
        assert both_edit(mia) == (True, True)


# --- Who may --------------------------------------------------------------------------------------


def test_the_page_offers_what_the_role_may_do(
    desk: Browser, accountant: Browser, ana: Client
) -> None:
    assert "Edit" in words_on(desk.get(page_of(ana)))
    page = words_on(accountant.get(page_of(ana)))
    assert "ana@example.com" in page
    assert "Edit" not in page
    assert accountant.get(url_to("edit_client", ana)).status_code == 403
    assert accountant.post(url_to("edit_client", ana)).status_code == 403


def test_staff_cannot_edit_if_the_policy_forbids_it(desk: Browser, ana: Client) -> None:
    Policy.objects.create(org=ana.org, staff_may_edit_clients=False)

    assert desk.get(url_to("edit_client", ana)).status_code == 403
    assert "Edit" not in words_on(desk.get(page_of(ana)))


def test_a_client_of_another_studio_is_404(desk: Browser, southside: Org) -> None:
    stranger = make_client(org=southside)

    assert desk.get(url_to("edit_client", stranger)).status_code == 404
    assert desk.post(url_to("edit_client", stranger), {"full_name": "X"}).status_code == 404


def test_a_change_by_another_program_is_in_the_history(desk: Browser, ana: Client) -> None:
    rows("UPDATE clients SET status = 'inactive'")

    corrected, _ = changes_on(desk.get(page_of(ana)))

    assert corrected == ("Corrected | Status: active → inactive | Another program through postgres")


def test_erased_values_are_named_as_such(desk: Browser, ana: Client) -> None:
    edit(desk, ana, full_name="Ana R.")
    rows("SELECT erase_client(%s)", ana.pk)

    lines = changes_on(desk.get(page_of(ana)))

    assert lines[1] == "Edited | erased | Mia"


def test_markup_in_a_value_is_text(desk: Browser, ana: Client) -> None:
    edit(desk, ana, full_name="<b>Ana</b>", notes="<script>")

    page = desk.get(page_of(ana))

    assert b"<b>Ana</b>" not in page.content
    assert b"<script>" not in page.content
