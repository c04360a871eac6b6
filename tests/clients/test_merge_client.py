"""Merge two records of one person: purchases, search, allowances, races and the undo."""

from typing import Any
from uuid import uuid4

import pytest

from purchases import operations, queries
from purchases.models import Client, ClientEvent, Org, Purchase, PurchaseEvent, Refusal
from studio.models import User
from tests.acts.acts import transferred_by
from tests.clients.merges import merge_undone_by, merged_by
from tests.database import rows, value
from tests.factories import make_client, make_purchase
from tests.integrity.faults import Fault, made_for_all
from tests.integrity.schedule import Connection, run
from tests.ledger import reinstated_by


@pytest.fixture
def twin(northside: Org) -> Client:
    """Return another record of Ana, with a pack."""
    twin = make_client(
        org=northside, name="Anna Gil", email="gil@example.com", phone="0499 111 222"
    )
    make_purchase(org=northside, client=twin)
    return twin


def state(*clients: Client) -> list[tuple[object, ...]]:
    found = Client.objects.filter(pk__in=[client.pk for client in clients]).order_by("pk")
    values = [(c.pk, c.full_name, c.email, c.phone, c.notes, c.status) for c in found]
    packs = Purchase.objects.order_by("pk").values_list("pk", "client_id")
    terms = rows("SELECT client_id, term FROM client_search_terms ORDER BY 1, 2")
    return [*values, *packs, *terms]


def found_by(org: Org, q: str) -> list[Client]:
    return queries.find_clients(org_id=org.pk, q=q, but=uuid4()).clients


def test_the_purchases_move_by_events_of_one_request(mia: User, ana: Client, twin: Client) -> None:
    make_purchase(org=ana.org, client=twin, used=0)
    event_id = merged_by(mia, ana, twin)

    assert set(Purchase.objects.values_list("client_id", flat=True)) == {ana.pk}
    moved = PurchaseEvent.objects.filter(kind="merged")
    assert {(e.client_before_id, e.client_id) for e in moved} == {(twin.pk, ana.pk)}
    event = ClientEvent.objects.get(pk=event_id)
    assert {e.client_request_id for e in moved} == {event.request_id}
    assert len(moved) == 2
    twin.refresh_from_db()
    assert (twin.status, twin.merged_into.kept_client) == ("merged", ana)
    assert (event.client_id, event.other_client) == (twin.pk, ana)


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ((), ("Ana Ruiz", "ana@example.com", "0412 345 678", "knee")),
        (("full_name", "phone"), ("Anna Gil", "ana@example.com", "0499 111 222", "knee")),
        (("email", "notes"), ("Ana Ruiz", "gil@example.com", "0412 345 678", "back")),
        (("both_notes",), ("Ana Ruiz", "ana@example.com", "0412 345 678", "knee\nback")),
    ],
)
def test_the_chosen_values_stay(
    mia: User, ana: Client, twin: Client, take: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    rows("UPDATE clients SET notes = 'knee' WHERE id = %s", ana.pk)
    rows("UPDATE clients SET notes = 'back' WHERE id = %s", twin.pk)

    merged_by(mia, ana, twin, *take)

    ana.refresh_from_db()
    assert (ana.full_name, ana.email, ana.phone, ana.notes) == expected


@pytest.mark.parametrize("q", ["anna gil", "gil@example.com", "499111222", "ana ruiz"])
def test_the_kept_client_is_found_by_the_words_of_both(
    mia: User, ana: Client, twin: Client, q: str
) -> None:
    merged_by(mia, ana, twin)

    assert found_by(ana.org, q) == [ana]


def test_the_words_of_the_other_record_survive_a_change_of_either(
    mia: User, ana: Client, twin: Client
) -> None:
    merged_by(mia, ana, twin)
    rows("UPDATE clients SET full_name = 'Ana Gonzalez' WHERE id = %s", ana.pk)
    rows("UPDATE clients SET full_name = 'Hanna Gil' WHERE id = %s", twin.pk)

    assert found_by(ana.org, "gonzalez") == found_by(ana.org, "hanna gil") == [ana]
    assert found_by(ana.org, "ruiz") == found_by(ana.org, "anna gil") == []


def test_a_purchase_for_the_id_of_the_merged_record_goes_to_the_kept_client(
    mia: User, ana: Client, twin: Client
) -> None:
    """Another program still has the old id."""
    merged_by(mia, ana, twin)

    assert make_purchase(org=ana.org, client=twin).client == ana


def test_sessions_given_back_to_both_count_together(
    mia: User, olivia: User, ana: Client, twin: Client
) -> None:
    pack, other = (make_purchase(org=ana.org, client=client) for client in (ana, twin))
    gone = make_purchase(org=ana.org, client=twin)
    for purchase in (pack, other, gone):
        reinstated_by(mia, purchase, reason="other")
    transferred_by(olivia, gone, make_client(org=ana.org, name="Ben Ode"))

    def counted() -> tuple[int, int]:
        count = (
            "SELECT coalesce(sum(times), 0)::int"
            " FROM count_reinstatements(%s, ARRAY[%s], ARRAY['other'], ARRAY[30])"
        )
        summary = queries.client_summary(Client.objects.get(pk=ana.pk)).reinstatements
        return value(count, ana.org_id, ana.pk), sum(line.within_30_days for line in summary)

    assert counted() == (1, 1)
    event_id = merged_by(mia, ana, twin)
    assert counted() == (3, 3)
    merge_undone_by(mia, event_id)
    assert counted() == (1, 1)


def test_another_program_may_delete_either_record(mia: User, ana: Client, twin: Client) -> None:
    merged_by(mia, ana, twin)
    rows("DELETE FROM clients WHERE id = %s", twin.pk)

    assert found_by(ana.org, "gil") == []
    assert found_by(ana.org, "ruiz") == [ana]


# --- Undo -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("take", [(), ("full_name", "email", "phone", "both_notes")])
def test_an_undo_restores_both_records(
    mia: User, ana: Client, twin: Client, take: tuple[str, ...]
) -> None:
    make_purchase(org=ana.org, client=ana)
    before = state(ana, twin)
    event_id = merged_by(mia, ana, twin, *take)
    assert state(ana, twin) != before

    merge_undone_by(mia, event_id)

    assert state(ana, twin) == before
    assert ClientEvent.objects.filter(kind="unmerged", reverses_id=event_id).exists()
    second = merged_by(mia, ana, twin)
    merge_undone_by(mia, second)
    assert state(ana, twin) == before


def test_a_purchase_that_was_sold_since_stays_with_the_kept_client(
    mia: User, ana: Client, twin: Client
) -> None:
    event_id = merged_by(mia, ana, twin)
    new = make_purchase(org=ana.org, client=ana)

    merge_undone_by(mia, event_id)

    assert Purchase.objects.get(pk=new.pk).client == ana


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clients SET email = 'new@example.com' WHERE status = 'active'",
        "UPDATE clients SET status = 'active'",
        "UPDATE client_purchases SET client_id ="
        " (SELECT id FROM clients WHERE full_name = 'Ben Ode')",
    ],
)
def test_an_undo_is_refused_if_what_it_set_has_changed(
    mia: User, ana: Client, twin: Client, change: str
) -> None:
    make_client(org=ana.org, name="Ben Ode")
    event_id = merged_by(mia, ana, twin, "email")
    rows(change)
    before = state(ana, twin)

    with pytest.raises(operations.Refused) as refused:
        merge_undone_by(mia, event_id)

    assert refused.value.code == Refusal.CHANGED_SINCE
    assert state(ana, twin) == before


def test_a_second_undo_is_refused(mia: User, ana: Client, twin: Client) -> None:
    event_id = merged_by(mia, ana, twin)
    merge_undone_by(mia, event_id)

    with pytest.raises(operations.Refused) as refused:
        merge_undone_by(mia, event_id)

    assert refused.value.code == Refusal.UNDONE


def test_staff_undo_their_own_merges_only(
    mia: User, olivia: User, ana: Client, twin: Client
) -> None:
    event_id = merged_by(olivia, ana, twin)

    with pytest.raises(operations.Refused) as refused:
        merge_undone_by(mia, event_id)

    assert refused.value.code == Refusal.NOT_YOURS
    merge_undone_by(olivia, event_id)


# --- Refusals -------------------------------------------------------------------------------------


def test_a_retry_gets_the_first_answer(mia: User, ana: Client, twin: Client) -> None:
    request_id = uuid4()
    first = merged_by(mia, ana, twin, request_id=request_id)
    merge_undone_by(mia, first)

    assert merged_by(mia, ana, twin, request_id=request_id) == first
    twin.refresh_from_db()
    assert twin.status == "active"


def test_a_merged_record_is_not_merged_again(mia: User, ana: Client, twin: Client) -> None:
    ben = make_client(org=ana.org, name="Ben Ode")
    merged_by(mia, ana, twin)
    request_id = uuid4()

    for client, other in ((ben, twin), (twin, ben)):
        with pytest.raises(operations.Refused) as refused:
            merged_by(mia, client, other, request_id=request_id)
        assert refused.value.code == Refusal.MERGED_ALREADY
        request_id = uuid4()


def test_a_client_with_merged_records_is_kept(mia: User, ana: Client, twin: Client) -> None:
    ben = make_client(org=ana.org, name="Ben Ode")
    merged_by(mia, ana, twin)

    with pytest.raises(operations.Refused) as refused:
        merged_by(mia, ben, ana)

    assert refused.value.code == Refusal.HAS_MERGED
    merged_by(mia, ana, ben)


# --- Races ----------------------------------------------------------------------------------------


def calls(user: User, client: Client, other: Client) -> Any:
    """Return a caller that merges by the functions of the database."""

    def call(connection: Connection) -> object:
        values = {"id": uuid4(), "client": client.pk, "other": other.pk, "user": user.pk}
        connection.execute(
            "INSERT INTO client_requests"
            " (request_id, operation, org_id, client_id, other_client_id, actor_id)"
            f" VALUES (%(id)s, 'merge_client', '{client.org_id}', %(client)s, %(other)s, %(user)s)",
            values,
        )
        connection.execute("SELECT set_config('studio.request_id', %(id)s::text, true)", values)
        query = "SELECT merge_client(%(client)s, %(other)s, '{}')"
        row = connection.execute(query, values).fetchone()
        return row and row[0]

    return call


def merged_both_ways(mia: User) -> tuple[object, object]:
    one, two = (make_client(org=mia.membership.org, name=name) for name in ("Ana", "Anna"))
    outcome = run(calls(mia, one, two), calls(mia, two, one), "COMMIT")
    return outcome.first, outcome.second


def sold_during_a_merge(mia: User) -> set[object]:
    """Return the clients that have the purchase that was sold to the merged record."""
    one, two = (make_client(org=mia.membership.org, name=name) for name in ("Ana", "Anna"))
    offer = make_purchase(org=one.org, client=one).offer
    request_id, purchase_id = uuid4(), uuid4()

    def sell(connection: Connection) -> object:
        connection.execute(
            "INSERT INTO session_requests (request_id, operation, purchase_id, actor_id,"
            " to_client_id, offer_id) VALUES (%s, 'sell', %s, %s, %s, %s)",
            [request_id, purchase_id, mia.pk, two.pk, offer.pk],
        )
        connection.execute("SELECT set_config('studio.request_id', %s, true)", [str(request_id)])
        connection.execute(
            "SELECT sell_purchase(%s, %s, %s, %s, 10, 100, 'aud', 'pending', NULL, NULL, NULL)",
            [purchase_id, two.org_id, two.pk, offer.pk],
        )
        return None

    run(calls(mia, one, two), sell, "COMMIT")
    return {
        name
        for (name,) in rows(
            "SELECT c.full_name FROM client_purchases AS p"
            " JOIN clients AS c ON c.id = p.client_id WHERE c.status = 'merged'"
        )
    }


def merged_during_a_sale(mia: User) -> set[object]:
    one, two = (make_client(org=mia.membership.org, name=name) for name in ("Ana", "Anna"))

    def insert(connection: Connection) -> None:
        """Another program inserts a purchase of the record."""
        offer_id = rows("SELECT id FROM offers LIMIT 1")[0][0]
        connection.execute(
            "INSERT INTO client_purchases (org_id, client_id, offer_id, amount_paid_cents)"
            " VALUES (%s, %s, %s, 1)",
            [two.org_id, two.pk, offer_id],
        )

    make_purchase(org=one.org, client=one)
    run(insert, calls(mia, one, two), "COMMIT")
    return {
        name
        for (name,) in rows(
            "SELECT DISTINCT c.full_name FROM client_purchases AS p"
            " JOIN clients AS c ON c.id = p.client_id"
        )
    }


NO_LOCK = Fault(
    "lock_and_check_merge without locks",
    function="lock_and_check_merge",
    text=" ORDER BY id FOR UPDATE",
)


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_in_opposite_directions_one_succeeds(mia: User) -> None:
    assert merged_both_ways(mia) == (None, "merged_already")


@pytest.mark.django_db(transaction=True)
def test_a_sale_at_the_moment_of_a_merge_does_not_land_on_the_merged_record(mia: User) -> None:
    assert sold_during_a_merge(mia) == set()


@pytest.mark.django_db(transaction=True)
def test_a_merge_takes_along_a_purchase_that_is_inserted_at_its_moment(mia: User) -> None:
    assert merged_during_a_sale(mia) == {"Ana"}


@pytest.mark.django_db(transaction=True)
def test_the_races_notice_a_merge_without_locks(mia: User) -> None:
    with made_for_all(NO_LOCK):
        assert merged_during_a_sale(mia) == {"Ana", "Anna"}


@pytest.mark.django_db(transaction=True)
def test_the_race_notices_a_sale_without_a_lock(mia: User) -> None:
    fault = Fault(
        "follow_merge without a lock on the client",
        function="follow_merge",
        text=" FOR KEY SHARE",
    )
    with made_for_all(fault):
        assert sold_during_a_merge(mia) == {"Anna"}
