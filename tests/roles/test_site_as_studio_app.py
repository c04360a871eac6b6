"""Run the whole site with the privileges of the role studio_app."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Client as Buyer
from purchases.models import (
    ClientEvent,
    ExpiryEvent,
    Offer,
    OfferEvent,
    Org,
    Purchase,
    SessionEvent,
    SessionRequest,
)
from purchases.queries import find_clients
from studio.database import grants
from studio.models import FinishedStep, Membership, Policy, SecurityEvent, User
from tests.acts.acts import post_act, undo_after
from tests.admin_forms import ADD_PURCHASE, change, form_of
from tests.cancelled_class.pages import PAGE, list_url, paste_names, progress_on, ticked
from tests.clients.pages import add as add_client
from tests.clients.pages import form_of as client_form_of
from tests.clients.pages import url_to
from tests.conftest import SignIn
from tests.database import acting_as, remove_owners, rows, see, value
from tests.expiry.extensions import expiry_of, extend, undo_extension
from tests.factories import PASSWORD, make_client, make_offer, make_purchase
from tests.links import choose, link_on
from tests.new_studio.first_page import begin, data_dir, opened
from tests.owner_pages.settings import save, save_limits
from tests.pages import LIST, post_action, rows_on, send, the_row_on, undo_on
from tests.sales.selling import sell
from tests.shared_desk.people import LOCK, current_member_name, give_pin, take_over

__all__ = ["data_dir"]  # a fixture


@pytest.fixture
def purchase(studio_roles: None, northside: Org, ada: User, olivia: User) -> Purchase:
    """A pack of Ana Ruiz with 3 of 10 sessions used."""
    return make_purchase(org=northside, total=10, used=3)


@pytest.fixture
def expiring(studio_roles: None, northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))


@pytest.fixture
def as_studio_app(purchase: Purchase, desk: Client) -> Iterator[None]:
    """Run the rest of the test as studio_app, after the other fixtures."""
    with acting_as(grants.APP):
        yield


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


@pytest.fixture
def superuser(db: None, signed_in: SignIn) -> Client:
    return signed_in(User.objects.create_superuser("sue", password=PASSWORD))


@pytest.mark.usefixtures("as_studio_app")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE client_purchases SET sessions_used = 0",
        "UPDATE client_purchases SET sessions_total = 20, sessions_used = 0",
        "UPDATE client_purchases SET expires_at = NULL",
        "INSERT INTO expiry_events (org_id, purchase_id, kind, expires_at, db_role)"
        " SELECT org_id, id, 'corrected', now(), 'nobody' FROM client_purchases",
        "UPDATE expiry_events SET db_role = 'nobody'",
        "DELETE FROM expiry_events",
        "SELECT public.extension_to_undo(id) FROM client_purchases",
        "UPDATE client_purchases SET id = gen_random_uuid()",
        "DELETE FROM client_purchases",
        "TRUNCATE client_purchases CASCADE",
        "DELETE FROM clients",
        "UPDATE client_events SET full_name = NULL, erased_at = now()",
        "DELETE FROM client_events",
        "INSERT INTO client_events (org_id, client_id, kind, db_role)"
        " SELECT org_id, id, 'opened', 'nobody' FROM clients",
        "UPDATE client_requests SET refusal = 'undone'",
        "SELECT public.erase_client(id) FROM clients",
        "INSERT INTO merged_clients (client_id, kept_client_id) SELECT id, id FROM clients",
        "DELETE FROM orgs",
        "INSERT INTO session_events (org_id, purchase_id, kind, delta, db_role)"
        " SELECT org_id, id, 'corrected', -3, 'nobody' FROM client_purchases",
        "UPDATE session_events SET delta = 0",
        "DELETE FROM session_events",
        "TRUNCATE session_events",
        "UPDATE session_requests SET note = ''",
        "DELETE FROM session_requests",
        "TRUNCATE session_requests CASCADE",
        "UPDATE cancelled_classes SET reason = 'other'",
        "DELETE FROM cancelled_classes",
        "UPDATE cancelled_class_lines SET purchase_id = gen_random_uuid()",
        "DELETE FROM cancelled_class_lines",
        "INSERT INTO client_search_terms SELECT org_id, 'a', id FROM clients",
        "DELETE FROM client_search_terms",
        "DELETE FROM django_migrations",
        "UPDATE studio_security_event SET address = ''",
        "DELETE FROM studio_security_event",
        "TRUNCATE studio_security_event",
        "INSERT INTO studio_security_event"
        " (kind, occurred_at, door, address, unknown_name, detail, log_id)"
        " VALUES ('signed_in', '2020-01-01', '', '', '', '', '')",
        "SELECT public.event_to_reverse(id, 'reinstated', NULL) FROM client_purchases",
        "SELECT setval('session_events_id_seq', 1)",
        "CREATE TABLE public.client_purchases_2 (id uuid)",
        "CREATE FUNCTION public.release_session(p text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'",
        "ALTER FUNCTION release_session(uuid) SECURITY INVOKER",
        "ALTER TABLE session_events DISABLE TRIGGER forbid_change",
        "DROP TRIGGER record_session_event ON client_purchases",
    ],
)
def test_studio_app_may_not(statement: str) -> None:
    refused = r"permission denied for|must be owner of"
    with pytest.raises(ProgrammingError, match=refused), acting_as(grants.APP):
        rows(statement)


@pytest.mark.usefixtures("as_studio_app")
def test_use_reinstate_and_undo_work(desk: Client, purchase: Purchase) -> None:
    assert the_row_on(post_action(desk, "use", purchase, htmx=True)).used == "4"
    assert the_row_on(post_action(desk, "reinstate", purchase, htmx=True)).used == "3"
    reinstated = SessionEvent.objects.get(kind="reinstated")
    undo = reverse("purchases:undo", args=[reinstated.pk])
    answer = desk.post(undo, {"request_id": "0192f0c1-9b1e-7c3e-8a54-3f0f5b1e2d11"}, follow=True)
    assert answer.status_code == 200

    events = SessionEvent.objects.order_by("id").values_list("kind", "sessions_used", "db_role")
    assert [*events][1:] == [
        ("used", 4, "studio_app"),
        ("reinstated", 3, "studio_app"),
        ("undone", 4, "studio_app"),
    ]


def test_extend_and_its_undo_work(desk: Client, expiring: Purchase) -> None:
    with acting_as(grants.APP):
        assert extend(desk, expiring, days=7).status_code == 200
        event = ExpiryEvent.objects.get()
        assert event.db_role == "studio_app"
        assert undo_extension(desk, event).status_code == 200
    assert expiry_of(expiring) == expiring.expires_at


def test_owner_corrects_an_expiry_in_the_admin(purchase: Purchase, owner: Client) -> None:
    with acting_as(grants.APP):
        form = {"expires_at_0": "2031-03-03", "expires_at_1": "18:00:00"}
        assert change(owner, purchase, **form).status_code == 302
    (event,) = ExpiryEvent.objects.select_related("request__actor")
    assert (event.db_role, str(event.request and event.request.actor)) == ("studio_app", "olivia")


def test_each_act_and_its_undo_works(purchase: Purchase, owner: Client) -> None:
    other = make_purchase(org=purchase.org, client=purchase.client)
    ben = make_client(org=purchase.org, name="Ben Ode")
    acts: dict[str, dict[str, object]] = {
        "correct_used": {"adjust_by": 1, "note": "late"},
        "correct_total": {"adjust_by": 1, "note": "a gift"},
        "move_use": {"to": other.pk},
        "transfer": {"client": ben.pk},
        "refund": {"amount": "80.00"},
    }
    with acting_as(grants.APP):
        see(purchase.org)
        for act, fields in acts.items():
            before = Purchase.objects.values().get(pk=purchase.pk)
            answer = post_act(owner, act, purchase, **fields)
            assert Purchase.objects.values().get(pk=purchase.pk) != before, act
            undo_after(owner, answer, purchase)
            assert Purchase.objects.values().get(pk=purchase.pk) == before, act


@pytest.mark.usefixtures("as_studio_app")
def test_a_walk_in_is_sold_and_undone(desk: Client, purchase: Purchase) -> None:
    see(purchase.org)
    offer = purchase.offer
    sold = sell(desk, offer, full_name="Willa Park")

    undo = undo_on(desk.get(sold["Location"]))
    assert undo, "the message has an Undo button"
    assert send(desk, undo).status_code == 302
    statuses = Purchase.objects.exclude(pk=purchase.pk).values_list("payment_status", flat=True)
    assert list(statuses) == ["refunded"]


@pytest.mark.usefixtures("as_studio_app")
def test_an_offer_is_added_changed_and_retired(owner: Client, purchase: Purchase) -> None:
    terms: dict[str, Any] = {"name": "Pack", "offer_type": "session_pack", "price": "9"}
    assert send(owner, "/offers/new/", **terms, sessions="5").status_code == 302
    offer = Offer.objects.get(name="Pack")
    seen = OfferEvent.objects.get(offer=offer).pk
    page = f"/offers/{offer.pk}/"

    assert send(owner, page, **terms, sessions="6", seen=seen).status_code == 302
    assert send(owner, f"{page}retire/").status_code == 302

    kinds = OfferEvent.objects.filter(offer=offer).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["added", "changed", "retired"]


def test_account_with_entries_in_the_log_is_kept(
    studio_roles: None, superuser: Client, olivia: User, mia: User, owner: Client
) -> None:
    """The web process may not delete from the log, so the account is switched off instead."""
    with acting_as(grants.APP):
        form = {"full_name": "Ana Ruiz", "status": "active"}
        assert owner.post("/admin/purchases/client/add/", form).status_code == 302
        url = reverse("admin:studio_user_delete", args=[olivia.pk])
        page = superuser.get(url)
        assert "olivia: the admin’s log has entries of this account." in page.text
        assert superuser.post(url, {"post": "yes"}).status_code in (200, 403)
        crafted = {"action": "delete_selected", "_selected_action": [olivia.pk], "post": "yes"}
        superuser.post("/admin/studio/user/", crafted)
        assert User.objects.filter(pk=olivia.pk).exists()
        url = reverse("admin:studio_user_delete", args=[mia.pk])
        assert superuser.post(url, {"post": "yes"}).status_code == 302
        assert not User.objects.filter(pk=mia.pk).exists()


@pytest.mark.usefixtures("as_studio_app")
def test_cancelled_class_works(desk: Client, purchase: Purchase) -> None:
    page = paste_names(desk, "ana ruiz", q="ana")
    assert ticked(page) == [purchase.pk]

    answer = desk.post(list_url(page), {"purchase": [purchase.pk], "reason": "other"}, follow=True)

    assert progress_on(answer) == "1 of 1 given back"
    assert desk.get(PAGE).status_code == 200
    assert SessionEvent.objects.latest("pk").db_role == "studio_app"


@pytest.mark.usefixtures("as_studio_app")
def test_shared_desk_works(desk: Client, ada: User, purchase: Purchase) -> None:
    give_pin(ada)
    take_over(desk, ada, "9999")
    take_over(desk, ada)
    assert current_member_name(desk) == "Ada"
    desk.post(LOCK)
    assert current_member_name(desk) is None


def test_refusal_and_repeated_request_work(desk: Client, purchase: Purchase) -> None:
    request_id = "0192f0c1-9b1e-7c3e-8a54-3f0f5b1e2d12"
    with acting_as(grants.APP):
        for _ in range(2):
            answer = post_action(desk, "reinstate", purchase, htmx=True, request_id=request_id)
            assert the_row_on(answer).used == "2"
    Purchase.objects.update(payment_status="failed")
    with acting_as(grants.APP):
        assert post_action(desk, "use", purchase, htmx=True).status_code == 409
    assert SessionRequest.objects.count() == 2


@pytest.mark.usefixtures("as_studio_app")
def test_pages_of_the_desk_load(desk: Client, purchase: Purchase) -> None:
    page = desk.get(LIST, {"q": "rui", "state": "active"})
    assert [row.purchase_id for row in rows_on(page)] == [purchase.pk]
    for name, row in [("purchase_detail", purchase), ("client_detail", purchase.client)]:
        assert desk.get(reverse(f"purchases:{name}", args=[row.pk])).status_code == 200
    assert desk.get("/healthz").status_code == 200


@pytest.mark.usefixtures("as_studio_app")
def test_member_signs_in_and_out(mia: User) -> None:
    browser = Client()
    form = {"username": mia.username, "password": PASSWORD}
    assert browser.post(reverse("login"), form).status_code == 302
    mia.refresh_from_db()
    assert mia.last_login is not None
    assert browser.get(LIST).status_code == 200
    assert browser.post(reverse("logout")).status_code == 302
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert [*kinds] == ["signed_in", "signed_out"]
    assert value("SELECT count(*) FROM studio_session") == 1, (
        "the session of the fixture `desk` stays"
    )


def test_admin_works_for_an_owner(purchase: Purchase, owner: Client, olivia: User) -> None:
    with acting_as(grants.APP):
        for model in ("org", "client", "offer", "purchase", "sessionevent"):
            page = owner.get(f"/admin/purchases/{model}/")
            assert page.status_code == 200, model
        assert owner.post(ADD_PURCHASE, form_of(purchase)).status_code == 302
        client = reverse("admin:purchases_client_change", args=[purchase.client_id])
        owner.post(client, {"full_name": "Ana Soto", "status": "active"})
        page = owner.get(LIST, {"q": "soto"})
        assert len(rows_on(page)) == 2
        assert owner.get(client.replace("change", "history")).status_code == 200
        policy = {"reason_is_mandatory": "on", "time_zone": "UTC"}
        assert owner.post("/admin/studio/policy/add/", policy).status_code == 302
        assert owner.get("/admin/studio/securityevent/").status_code == 200
    assert olivia.membership.org.policy.reason_is_mandatory


def test_superuser_creates_an_org_with_its_owner(studio_roles: None, superuser: Client) -> None:
    with acting_as(grants.APP):
        superuser.post("/admin/purchases/org/add/", {"name": "Eastside", "slug": "eastside"})
        eastside = Org.objects.get()
        account = {
            "username": "eve",
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 0,
            "memberships-0-org": eastside.pk,
            "memberships-0-role": "owner",
        }
        page = superuser.post("/admin/studio/user/add/", account)
        eve = Membership.objects.get().user
        assert choose(Client(), link_on(page)).status_code == 302
        for name in ("change", "history", "delete"):
            url = reverse(f"admin:studio_user_{name}", args=[eve.pk])
            assert superuser.get(url).status_code == 200
        answer = superuser.post(reverse("admin:studio_user_delete", args=[eve.pk]), {"post": "yes"})
        assert answer.status_code == 302
    assert Membership.objects.get().user == eve, "the only owner stays"


def test_inserts_work_with_database_defaults(studio_roles: None, northside: Org) -> None:
    with acting_as(grants.APP):
        see(northside)
        client, offer = make_client(org=northside), make_offer(org=northside)
    assert (Buyer.objects.get(), Offer.objects.get()) == (client, offer)


@pytest.mark.usefixtures("as_studio_app")
def test_an_owner_sets_the_studio_up(owner: Client, northside: Org) -> None:
    assert save(owner, currency="nzd", roles_with_second_factor=["staff"]).status_code == 302
    assert save_limits(owner, late="2/30", none="0/").status_code == 302
    assert save_limits(owner, late="3/30").status_code == 302
    assert owner.post(reverse("finish_first_step"), {"step": "copy"}).status_code == 302

    assert Policy.objects.get(org=northside).currency == "nzd"
    assert [row.sessions for row in northside.allowances.all()] == [3]
    assert FinishedStep.objects.count() == 1


@pytest.mark.usefixtures("as_studio_app", "data_dir")
def test_the_first_owner_begins(northside: Org) -> None:
    remove_owners()

    assert begin(opened()).status_code == 302

    assert Membership.objects.get(role="owner").org.name == "Harbour Pilates"


@pytest.mark.usefixtures("as_studio_app")
def test_clients_are_added_edited_merged_and_separated(desk: Client, purchase: Purchase) -> None:
    see(purchase.org)
    ana = purchase.client
    willa = Buyer.objects.get(pk=add_client(desk)["Location"].split("/")[2])
    edit = url_to("edit_client", willa)
    desk.post(edit, client_form_of(desk.get(edit)) | {"full_name": "Willa S. Cather"})
    merge = url_to("merge_client", willa)
    desk.post(
        merge, client_form_of(desk.get(merge, {"other": str(ana.pk)})) | {"full_name": "kept"}
    )

    purchase.refresh_from_db()
    assert purchase.client == willa
    found = find_clients(org_id=ana.org_id, q="ana ruiz", but=uuid4())
    assert found.clients == [willa]
    event_id = ClientEvent.objects.get(kind="merged", client_id=ana.pk).pk
    desk.post(reverse("purchases:undo_merge", args=[event_id]), {"request_id": uuid4()})

    purchase.refresh_from_db()
    assert purchase.client == ana
    kinds = ClientEvent.objects.filter(client_id=willa.pk).order_by("pk")
    assert list(kinds.values_list("kind", "full_name"))[:2] == [
        ("added", "Willa Cather"),
        ("edited", "Willa S. Cather"),
    ]
