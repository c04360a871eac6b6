"""Transfer a pack to another client of the studio, and what both clients' pages say of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.formatting import on_day
from purchases.models import Client as Buyer
from purchases.models import Org, Purchase
from purchases.queries import ReinstatementCount, client_summary
from studio.models import Policy, User
from tests.acts.acts import (
    change_kinds,
    message_after,
    post_act,
    transferred_by,
    undo_after,
    url_of,
)
from tests.database import rows
from tests.factories import keep_signed_in, make_client
from tests.history import change_history_on, page_of
from tests.ledger import fresh, reinstated_by, used_by
from tests.pages import html_of, rows_on, words_on
from tests.times import set_clock


def client_page(client: Buyer) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def test_a_search_offers_the_other_clients_of_the_studio(
    owner: Client, pack: Purchase, ben: Buyer, southside: Org
) -> None:
    make_client(org=southside, name="Ben Stranger")
    make_client(org=ben.org, name="Bea Ode", phone="+61 412 344 417")

    page = words_on(owner.get(url_of("transfer", pack), {"q": "be"}))

    assert "Transfer to Bea Ode …4417 Transfer to Ben Ode ben@example.com" in page
    assert "Ben Stranger" not in page
    assert "Transfer to Ana Ruiz" not in words_on(owner.get(url_of("transfer", pack), {"q": "ana"}))


def test_a_search_that_finds_nobody_says_so(owner: Client, pack: Purchase) -> None:
    page = words_on(owner.get(url_of("transfer", pack), {"q": "zzz"}))

    assert "No other clients found for “zzz”." in page


def test_a_search_that_finds_many_asks_for_more_of_the_name(
    owner: Client, pack: Purchase, northside: Org
) -> None:
    for number in range(21):
        make_client(org=northside, name=f"Ben {number:02}")

    page = words_on(owner.get(url_of("transfer", pack), {"q": "ben"}))

    assert "Ben 19" in page
    assert "Ben 20" not in page
    assert "More clients match. Type more of the name." in page


@pytest.mark.parametrize("q", ["\0", "x" * 101])
def test_an_invalid_search_is_400(owner: Client, pack: Purchase, q: str) -> None:
    assert owner.get(url_of("transfer", pack), {"q": q}).status_code == 400


def test_a_button_transfers_the_pack_with_its_count(
    owner: Client, pack: Purchase, ben: Buyer
) -> None:
    answer = post_act(owner, "transfer", pack, client=ben.pk)

    assert message_after(owner, answer) == "Transferred from Ana Ruiz to Ben Ode."
    moved = fresh(pack)
    assert (moved.client, moved.sessions_used, moved.sessions_total) == (ben, 3, 10)


def test_a_transfer_can_be_undone_from_the_message(
    owner: Client, pack: Purchase, ben: Buyer
) -> None:
    answer = post_act(owner, "transfer", pack, client=ben.pk)

    undone = undo_after(owner, answer, pack)

    assert undone == "Undone: the pack belongs to Ana Ruiz again."
    assert fresh(pack).client == pack.client
    assert change_kinds(pack) == ["transferred", "undone"]


def test_a_client_of_another_studio_is_404(owner: Client, pack: Purchase, southside: Org) -> None:
    stranger = make_client(org=southside)

    assert post_act(owner, "transfer", pack, client=stranger.pk).status_code == 404
    assert post_act(owner, "transfer", pack, client=uuid4()).status_code == 404
    assert fresh(pack).client == pack.client


def test_a_form_without_a_client_is_shown_again(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "transfer", pack, note="moves away")

    assert answer.status_code == 400
    assert "Choose the client who gets the pack." in words_on(answer)


def test_a_reason_is_required_if_the_studio_requires_reasons(
    owner: Client, pack: Purchase, ben: Buyer
) -> None:
    Policy.objects.create(org=pack.org, reason_is_mandatory=True)

    answer = post_act(owner, "transfer", pack, client=ben.pk)

    assert answer.status_code == 400
    assert "Write a reason: your studio requires one." in words_on(answer)
    assert post_act(owner, "transfer", pack, client=ben.pk, note="moves").status_code == 302


def test_the_history_names_both_clients_and_the_person(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    transferred_by(olivia, pack, ben, note="moves away")

    (line,) = change_history_on(owner.get(page_of(pack)))

    assert line.what == "Transferred from Ana Ruiz to Ben Ode"
    assert line.used == "Client: Ana Ruiz → Ben Ode"
    assert (line.who, line.action) == ("Olivia moves away", "Undo")


def test_an_undone_transfer_is_shown_as_undone(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    answer = post_act(owner, "transfer", pack, client=ben.pk)
    undo_after(owner, answer, pack)

    undone, transferred = change_history_on(owner.get(page_of(pack)))

    today = on_day(timezone.now())
    assert transferred.what.endswith(f"Undone {today} by Olivia")
    assert undone.what == f"Transfer undone of {today}"
    assert (transferred.action, undone.action) == ("", "")


# --- Whose visits they were -----------------------------------------------------------------------


def test_the_page_of_the_pack_names_who_used_the_sessions_before(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    used_by(olivia, pack)
    assert "before the transfer" not in words_on(owner.get(page_of(pack)))
    transferred_by(olivia, pack, ben)
    used_by(olivia, pack)

    assert "4 used before the transfer, by Ana Ruiz" in words_on(owner.get(page_of(pack)))


def test_a_pack_that_came_back_names_the_visits_of_the_other_client_only(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    transferred_by(olivia, pack, ben)
    used_by(olivia, pack)
    transferred_by(olivia, pack, pack.client)

    page = words_on(owner.get(page_of(pack)))

    assert "1 used before the transfer, by Ben Ode" in page
    assert "by Ana Ruiz" not in page


def test_both_clients_pages_show_the_transfer(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    transferred_by(olivia, pack, ben, note="moves away")
    today = on_day(timezone.now())

    bens, anas = (owner.get(client_page(client)) for client in (ben, pack.client))

    assert f"{today} 10-class pack from Ana Ruiz 3 used Olivia moves away" in words_on(bens)
    assert f"{today} 10-class pack to Ben Ode 3 used Olivia moves away" in words_on(anas)
    assert [row.purchase_id for row in rows_on(bens)] == [pack.pk]
    assert rows_on(anas) == []


def test_a_page_without_transfers_has_no_section_for_them(owner: Client, pack: Purchase) -> None:
    assert "Transfers" not in words_on(owner.get(client_page(pack.client)))


def test_sessions_given_back_before_the_transfer_stay_with_the_former_client(
    olivia: User, pack: Purchase, ben: Buyer
) -> None:
    reinstated_by(olivia, pack, reason="class_cancelled")
    transferred_by(olivia, pack, ben)
    reinstated_by(olivia, pack, reason="other")

    def given_back(client: Buyer) -> list[ReinstatementCount]:
        return client_summary(client).reinstatements

    assert given_back(pack.client) == [ReinstatementCount("Class cancelled", 1, 1, 1)]
    assert given_back(ben) == [ReinstatementCount("Other", 1, 1, 1)]


def test_a_change_of_client_by_another_program_is_a_correction(
    owner: Client, pack: Purchase, ben: Buyer
) -> None:
    """Another program merges two clients: the visits go along."""
    rows("UPDATE client_purchases SET client_id = %s", ben.pk)

    page = owner.get(page_of(pack))
    (line,) = change_history_on(page)

    assert line.what == "Purchase corrected"
    assert line.used == "Client: Ana Ruiz → Ben Ode"
    assert line.who == "Another program through postgres"
    assert line.action == ""
    assert "before the transfer" not in words_on(page)


def test_the_name_of_a_client_of_another_studio_stays_hidden(
    owner: Client, pack: Purchase, southside: Org
) -> None:
    stranger = make_client(org=southside, name="Sue Stranger")
    rows("UPDATE client_purchases SET client_id = %s", stranger.pk)
    rows("UPDATE client_purchases SET client_id = %s", pack.client_id)

    page = owner.get(page_of(pack))

    assert "Sue" not in html_of(page)
    newest, _ = change_history_on(page)
    assert newest.used == "Client: another studio, or deleted → Ana Ruiz"


def test_staff_and_the_accountant_cannot_transfer(
    desk: Client, accountant: Client, pack: Purchase, ben: Buyer
) -> None:
    for browser in (desk, accountant):
        assert "Transfer" not in words_on(browser.get(page_of(pack)))
        assert post_act(browser, "transfer", pack, client=ben.pk).status_code == 403
    assert fresh(pack).client == pack.client


def test_an_old_transfer_can_be_undone_by_an_owner(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    transferred_by(olivia, pack, ben)
    later = timezone.now() + timedelta(days=9)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    (line,) = change_history_on(owner.get(page_of(pack)))

    assert line.action == "Undo"
