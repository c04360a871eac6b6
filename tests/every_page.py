"""Every page, fragment and other response of the site, each with a function that loads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from psycopg.errors import UndefinedFunction

from purchases import operations, queries
from purchases.exports.slots import Slot
from purchases.imports import process, worker
from purchases.models import Offer, Org
from studio.accounts import mail, pins
from studio.models import Membership, User
from studio.new_studio import secret
from tests.acts.acts import post_act, url_of
from tests.clients.merges import merged_by
from tests.clients.pages import form_of
from tests.conftest import SignIn
from tests.database import remove_owners
from tests.factories import make_client, make_org, make_purchase, make_user
from tests.history import page_of
from tests.imports.planned import make_draft, make_import
from tests.links import link_of, make_invited
from tests.pages import HTMX, LIST, post_action, send, undo_on
from tests.people.pages import INVITE, NINA, PEOPLE
from tests.people.pages import url_of as url_of_person
from tests.purchase_kinds import make_pack
from tests.second_factor.device import Device
from tests.second_factor.people import (
    ADD_APP,
    ADD_PASSKEY,
    CHECK,
    NEW_CODES,
    OWN,
    add_passkey,
    give_app,
    give_passkey,
    password_typed,
    require,
    send_code,
)

STUDIO = reverse("studio_settings")
SELL = reverse("purchases:sell")
OFFERS = reverse("purchases:offer_list")
NEW_OFFER = reverse("purchases:add_offer")


class Site:
    """A studio with packs in three states, and a browser for each user."""

    def __init__(
        self,
        org: Org,
        sign_in: Callable[[str], Client],
        broken: Callable[[Exception], None],
        send_email: Callable[[], None],
    ):
        self.pack = make_purchase(org=org)
        self.fresh = make_pack(org=org, kind="fresh")
        self.expired = make_pack(org=org, kind="expired")
        self.history_page = reverse("purchases:purchase_detail", args=[self.pack.pk])
        self.client_page = reverse("purchases:client_detail", args=[self.pack.client_id])
        self.other = make_purchase(org=org, client=self.pack.client)
        self.unpaid = make_pack(org=org, kind="not paid yet")
        self.ben = make_client(org=org, name="Ben Ode")
        self.sign_in = sign_in
        self.broken = broken
        self.send_email = send_email

    @property
    def mia(self) -> Client:
        return self.sign_in("mia")

    def act(self, name: str, **query: str) -> HttpResponseBase:
        """Return the page of an act, for an owner."""
        return self.sign_in("olivia").get(url_of(name, self.pack), query)

    def invalid_act(self, name: str) -> HttpResponseBase:
        """Return the page after the form of an act was incomplete."""
        return post_act(self.sign_in("olivia"), name, self.pack)

    def page_after_all_acts(self, url: str) -> HttpResponseBase:
        browser = self.sign_in("olivia")
        acts: dict[str, dict[str, object]] = {
            "correct_used": {"adjust_by": 1, "note": "Ana Ruiz"},
            "correct_total": {"adjust_by": 1, "note": "Ana Ruiz"},
            "move_use": {"to": self.other.pk},
            "transfer": {"client": self.ben.pk},
            "refund": {"amount": "80"},
        }
        for name, fields in acts.items():
            answer = post_act(browser, name, self.pack, **fields)
            undo = undo_on(browser.get(answer["Location"]))
            send(browser, undo or "")
            post_act(browser, name, self.pack, **fields)
        return browser.get(url)

    @property
    def chosen(self) -> dict[str, Any]:
        return {"client": str(self.ben.pk), "offer": str(self.pack.offer_id)}

    def sell_without_offers(self) -> HttpResponseBase:
        Offer.objects.update(is_active=False)
        return self.mia.get(SELL)

    def client_after_a_sale(self) -> HttpResponseBase:
        filled: dict[str, Any] = {
            "filled_for": self.pack.offer_id,
            "price": "180",
            "sessions": "11",
        }
        browser = self.mia
        answer = send(browser, SELL, **self.chosen, **filled, paid_by="not_yet")
        return browser.get(answer["Location"])

    def client_after_an_undone_sale(self) -> HttpResponseBase:
        page = self.client_after_a_sale()
        answer = send(self.mia, undo_on(page) or "", next=self.client_page)
        return self.mia.get(answer["Location"])

    def offers(self) -> HttpResponseBase:
        browser = self.sign_in("olivia")
        Offer.objects.filter(pk=self.pack.offer_id).update(bonus_sessions=1, pack_validity_days=9)
        send(browser, reverse("purchases:retire_offer", args=[self.fresh.offer_id]))
        return browser.get(OFFERS)

    def no_offers(self) -> HttpResponseBase:
        browser = self.sign_in("olivia")
        Offer.objects.update(is_active=False)
        return browser.get(OFFERS)

    def changed_offer(self) -> HttpResponseBase:
        Offer.objects.update(price_cents=25000, is_active=False)
        page = reverse("purchases:edit_offer", args=[self.pack.offer_id])
        return self.sign_in("olivia").get(page)

    def second_export(self) -> HttpResponseBase:
        """Return the page of an export that has to wait for another one."""
        slot = Slot()
        try:
            return self.sign_in("ada").get(
                reverse("purchases:export_list", args=["clients", "csv"])
            )
        finally:
            slot.give_back()

    def import_page(self, name: str, file: str) -> HttpResponseBase:
        draft = make_draft(self.olivia, file)
        return self.sign_in("olivia").get(reverse(f"purchases:{name}", args=[draft.pk]))

    def import_that_is_planned(self) -> HttpResponseBase:
        """Return the check page of a long file whose plan is not made yet."""
        draft = make_draft(self.olivia, "package_tracker.csv")
        draft.content = b"Name,Email\n" + b"Ana Ruiz,ana@example.com\n" * 10_000
        draft.save(update_fields=["content"])
        with patch.object(worker, "start_plan_thread"):
            return self.sign_in("olivia").get(reverse("purchases:import_check", args=[draft.pk]))

    def import_that_was_replaced(self) -> HttpResponseBase:
        first = make_draft(self.olivia, "plain.ods")
        make_draft(self.olivia, "plain.xlsx")
        return self.sign_in("olivia").get(reverse("purchases:import_detail", args=[first.pk]))

    def import_result(self, *steps: str) -> HttpResponseBase:
        """Return the page of an import that was started, written or undone."""
        imported = make_import(self.olivia, "package_tracker.csv")
        for step in steps:
            if step == "undo":
                imported.refresh_from_db()
                process.start_undo(member=self.olivia.membership, imported=imported)
            process.run(imported.pk)
        return self.sign_in("olivia").get(reverse("purchases:import_detail", args=[imported.pk]))

    @property
    def olivia(self) -> User:
        return User.objects.get(username="olivia")

    def desk_after_reinstating(self) -> HttpResponseBase:
        browser = self.mia
        post_action(browser, "reinstate", self.expired)
        return browser.get(LIST)

    def history_after_an_undo(self) -> HttpResponseBase:
        browser = self.mia
        note = post_action(browser, "reinstate", self.pack, htmx=True)
        browser.post(undo_on(note) or "", {"request_id": str(uuid4())})
        return browser.get(self.history_page)

    def post_without_a_csrf_token(self) -> HttpResponseBase:
        browser = self.mia
        browser.handler.enforce_csrf_checks = True
        return post_action(browser, "use", self.pack)

    def form_with_an_old_token(self) -> HttpResponseBase:
        browser = self.mia
        browser.handler.enforce_csrf_checks = True
        url = reverse("purchases:cancelled_class")
        typed = {"by": "1", "pasted": "Ana Ruiz", "note": "ill"}
        return browser.post(url, typed, headers={"Origin": "http://testserver"})

    def add_client(self, **fields: str) -> HttpResponseBase:
        """Return the page after the form of a new client was sent."""
        return self.mia.post(reverse("purchases:add_client"), {"request_id": uuid4(), **fields})

    def edit_client(self, **fields: str) -> HttpResponseBase:
        """Return the form of a client, or the page after it was sent out of date."""
        url = reverse("purchases:edit_client", args=[self.ben.pk])
        browser = self.mia
        return browser.post(url, {"request_id": uuid4(), **fields}) if fields else browser.get(url)

    def merge_page(self, **query: str) -> HttpResponseBase:
        return self.mia.get(reverse("purchases:merge_client", args=[self.pack.client_id]), query)

    def merge_out_of_date(self) -> HttpResponseBase:
        url = reverse("purchases:merge_client", args=[self.pack.client_id])
        return self.mia.post(url, {"request_id": uuid4(), "other": self.ben.pk})

    def pages_after_a_merge(self, page: str) -> HttpResponseBase:
        browser = self.mia
        url = reverse("purchases:merge_client", args=[self.ben.pk])
        browser.post(url, form_of(browser.get(url, {"other": str(self.pack.client_id)})))
        return browser.get(page)

    def merge_undo_refused(self) -> HttpResponseBase:
        event_id = merged_by(User.objects.get(username="mia"), self.ben, self.pack.client)
        url = reverse("purchases:undo_merge", args=[event_id])
        browser = self.mia
        browser.post(url, {"request_id": uuid4()})
        return browser.post(url, {"request_id": uuid4()})

    def client_after_a_change(self) -> HttpResponseBase:
        browser = self.mia
        url = reverse("purchases:edit_client", args=[self.ben.pk])
        form = form_of(browser.get(url))
        browser.post(url, form | {"full_name": "Benjamin Ode", "phone": "0412 345 678"})
        return browser.get(reverse("purchases:client_detail", args=[self.ben.pk]))

    def forgotten_password(self, account: str | None = None) -> HttpResponseBase:
        """Return the page on a site with e-mail, or the page after its form was sent."""
        self.send_email()
        url = reverse("forgotten_password")
        return Client().get(url) if account is None else Client().post(url, {"account": account})

    def own_studios(self) -> HttpResponseBase:
        """Return the page of a person with two studios, who sees the switch in the header too."""
        browser, mia = self.mia, User.objects.get(username="mia")
        member = Membership.objects.create(user=mia, org=make_org(name="Third"), role="owner")
        url = reverse("own_studios")
        browser.post(url, {"membership": member.pk})
        return browser.get(url)

    def no_studio_open(self) -> HttpResponseBase:
        browser, mia = self.mia, User.objects.get(username="mia")
        Membership.objects.create(user=mia, org=make_org(name="Third"), role="owner")
        mia.membership.delete()
        return browser.get("/purchases/", follow=True)

    def join_studio(self) -> HttpResponseBase:
        browser = self.mia
        invited = make_invited(make_user(username="ivo", org=make_org(name="Third")))
        browser.get(link_of(invited))
        return browser.get(reverse("join_studio"))

    def person_of_two_studios(self, *, sends_email: bool) -> HttpResponseBase:
        browser, mia = self.mia, User.objects.get(username="mia")
        browser.get("/")
        Membership.objects.create(user=mia, org=make_org(name="Third"), role="owner")
        if sends_email:
            self.send_email()
        return self.sign_in("olivia").get(url_of_person(mia))

    def choose_password(self, password: str | None = None) -> HttpResponseBase:
        """Return the page of an invited person, or the page after its form was sent."""
        invited = make_invited(make_user(username="ivo", org=self.pack.org))
        browser = Client()
        form = browser.get(link_of(invited))["Location"]
        if password is None:
            return browser.get(form)
        return browser.post(form, {"new_password1": password, "new_password2": "x"})

    def first_page(self, typed: dict[str, str] | None = None) -> HttpResponseBase:
        """Return the page of an empty site, or the page after its form was sent."""
        remove_owners()
        browser = Client()
        page = browser.get(reverse("start_link", args=[secret.make()]))["Location"]
        return browser.get(page) if typed is None else browser.post(page, typed)

    def stale_settings(self) -> HttpResponseBase:
        typed = {"name": self.pack.org.name, "time_zone": "UTC", "loaded": "{}"}
        return self.sign_in("olivia").post(STUDIO, typed)

    def stale_allowances(self) -> HttpResponseBase:
        typed = {"part": "allowances", "loaded": ""}
        self.pack.org.allowances.create(reason="", sessions=1, days=30)
        return self.sign_in("olivia").post(STUDIO, typed)

    def sign_in_with_email(self) -> HttpResponseBase:
        self.send_email()
        return Client().get(reverse("login"))

    def server_error(self) -> HttpResponseBase:
        self.broken(RuntimeError("raised by the test"))
        browser = self.mia
        browser.raise_request_exception = False
        return browser.get(LIST)

    def database_unavailable(self, *, htmx: bool = False) -> HttpResponseBase:
        self.broken(OperationalError("raised by the test"))
        browser = self.mia
        browser.raise_request_exception = False
        return post_action(browser, "use", self.pack, htmx=htmx)

    def replaced_function(self, *, htmx: bool = False) -> HttpResponseBase:
        error = ProgrammingError("raised by the test")
        error.__cause__ = UndefinedFunction()
        self.broken(error)
        browser = self.mia
        browser.raise_request_exception = False
        return post_action(browser, "use", self.pack, htmx=htmx)

    def second_factor(self, page: str) -> HttpResponseBase:
        """Return a page of Olivia, who has an app and a passkey."""
        browser = self.sign_in("olivia")
        olivia = User.objects.get(username="olivia")
        give_passkey(olivia, browser)
        give_app(olivia)
        return browser.get(page)

    def code_page(self, typed: str = "") -> HttpResponseBase:
        olivia = User.objects.get(username="olivia")
        give_passkey(olivia, self.sign_in("olivia"))
        give_app(olivia)
        browser = password_typed(olivia)
        return send_code(browser, typed) if typed else browser.get(CHECK)

    def second_factor_that_is_required(self) -> HttpResponseBase:
        olivia = User.objects.get(username="olivia")
        require(olivia)
        return password_typed(olivia).get(OWN)

    def person(self, username: str) -> HttpResponseBase:
        """Return the page of a person, with everything that an owner can change."""
        mia = User.objects.get(username="mia")
        pins.set_pin(mia.membership, "2846")
        give_app(mia)
        for _ in range(6):
            Client().post(reverse("login"), {"username": "mia", "password": "wrong"})
        self.sign_in("mia")
        org = mia.membership.org
        make_invited(make_user(username="ivo", org=org))
        make_user(username="gone", org=org)
        User.objects.filter(username="gone").update(is_active=False)
        return self.sign_in("olivia").get(url_of_person(User.objects.get(username=username)))

    def invitation_by_email(self) -> HttpResponseBase:
        self.send_email()
        return self.sign_in("olivia").post(INVITE, NINA | {"email": "nina@example.com"})

    def recovery_codes(self) -> HttpResponseBase:
        return add_passkey(self.sign_in("olivia"), Device())


# kind of page: (status, a function that loads it).
PAGES: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "sign-in": (200, lambda site: Client().get(reverse("login"))),
    "sign-in, refused": (200, lambda site: Client().post(reverse("login"), {"username": "x"})),
    "sign-in, with e-mail": (200, Site.sign_in_with_email),
    "forgotten password": (200, Site.forgotten_password),
    "forgotten password, empty": (200, lambda site: site.forgotten_password("")),
    "forgotten password, sent": (200, lambda site: site.forgotten_password("nemo")),
    "forgotten password, no e-mail": (
        200,
        lambda site: Client().get(reverse("forgotten_password")),
    ),
    "choose a password": (200, Site.choose_password),
    "choose a password, refused": (200, lambda site: site.choose_password("password1")),
    "link that does not work": (200, lambda site: Client().get("/accounts/password/MQ/x-y/")),
    "first page": (200, Site.first_page),
    "first page, refused": (200, lambda site: site.first_page({"new_password1": "short"})),
    "first page, used": (404, lambda site: Client().get(reverse("start_link", args=["x"]))),
    "studio": (200, lambda site: site.sign_in("olivia").get(STUDIO)),
    "studio, refused": (
        400,
        lambda site: site.sign_in("olivia").post(STUDIO, {"desk_locks_after_minutes": "0"}),
    ),
    "studio, stale": (409, Site.stale_settings),
    "studio, stale allowances": (409, Site.stale_allowances),
    "desk": (200, lambda site: site.mia.get(LIST)),
    "desk of an owner": (200, lambda site: site.sign_in("olivia").get(LIST)),
    "desk, nobody found": (200, lambda site: site.mia.get(LIST, {"q": "zzz"})),
    "desk, after an action": (200, Site.desk_after_reinstating),
    "client": (200, lambda site: site.mia.get(site.client_page)),
    "client, after a change": (200, Site.client_after_a_change),
    "add a client": (200, lambda site: site.mia.get(reverse("purchases:add_client"))),
    "add a client, not complete": (400, lambda site: site.add_client(full_name="")),
    "add a client, alike": (409, lambda site: site.add_client(full_name="Ben Ode")),
    "edit a client": (200, Site.edit_client),
    "edit a client, out of date": (409, lambda site: site.edit_client(full_name="Benny Ode")),
    "merge": (200, Site.merge_page),
    "merge, found": (200, lambda site: site.merge_page(q="ben")),
    "merge, compared": (200, lambda site: site.merge_page(other=str(site.ben.pk))),
    "merge, out of date": (409, Site.merge_out_of_date),
    "merge, undo refused": (409, Site.merge_undo_refused),
    "client, merged": (200, lambda site: site.pages_after_a_merge(site.client_page)),
    "client, after a merge": (
        200,
        lambda site: site.pages_after_a_merge(
            reverse("purchases:client_detail", args=[site.ben.pk])
        ),
    ),
    "purchase, after a merge": (200, lambda site: site.pages_after_a_merge(site.history_page)),
    "purchase": (200, Site.history_after_an_undo),
    "unpaid purchase": (200, lambda site: site.mia.get(page_of(site.unpaid))),
    "purchase, after all acts": (200, lambda site: site.page_after_all_acts(site.history_page)),
    "other purchase, after all acts": (
        200,
        lambda site: site.page_after_all_acts(page_of(site.other)),
    ),
    "client, after all acts": (200, lambda site: site.page_after_all_acts(site.client_page)),
    "correct used": (200, lambda site: site.act("correct_used")),
    "correct bought": (200, lambda site: site.act("correct_total")),
    "correct bought, not complete": (400, lambda site: site.invalid_act("correct_total")),
    "transfer": (200, lambda site: site.act("transfer")),
    "transfer, found": (200, lambda site: site.act("transfer", q="ben")),
    "transfer, no client found": (200, lambda site: site.act("transfer", q="zzz")),
    "refund": (200, lambda site: site.act("refund")),
    "refund, not complete": (400, lambda site: site.invalid_act("refund")),
    "move a use": (200, lambda site: site.act("move_use")),
    "sell": (200, lambda site: site.mia.get(SELL)),
    "sell, found": (200, lambda site: site.mia.get(SELL, {"q": "ben"})),
    "sell, no client found": (200, lambda site: site.mia.get(SELL, {"q": "zzz"})),
    "sell, to a client": (200, lambda site: site.mia.get(SELL, site.chosen)),
    "sell, filled in": (200, lambda site: send(site.mia, SELL, **site.chosen)),
    "sell, not complete": (400, lambda site: send(site.mia, SELL, client=site.ben.pk)),
    "sell, without offers": (200, Site.sell_without_offers),
    "client, after a sale": (200, Site.client_after_a_sale),
    "client, after the sale was undone": (200, Site.client_after_an_undone_sale),
    "offers": (200, Site.offers),
    "offers, none": (200, Site.no_offers),
    "new offer": (200, lambda site: site.sign_in("olivia").get(NEW_OFFER)),
    "new offer, not complete": (400, lambda site: send(site.sign_in("olivia"), NEW_OFFER)),
    "offer": (200, Site.changed_offer),
    "receipt": (200, lambda site: site.mia.get(reverse("purchases:receipt"))),
    "receipt, unknown line": (
        200,
        lambda site: site.mia.get(
            reverse("purchases:receipt"), {"line": "C1", "code": "A4F9-03C2-77E1"}
        ),
    ),
    "people": (200, lambda site: site.sign_in("olivia").get(PEOPLE)),
    "person": (200, lambda site: site.person("mia")),
    "person, invited": (200, lambda site: site.person("ivo")),
    "person, switched off": (200, lambda site: site.person("gone")),
    "person, the only owner": (200, lambda site: site.person("olivia")),
    "invite": (200, lambda site: site.sign_in("olivia").get(INVITE)),
    "invite, refused": (200, lambda site: site.sign_in("olivia").post(INVITE, {"email": "x"})),
    "invite, link": (200, lambda site: site.sign_in("olivia").post(INVITE, NINA)),
    "invite, sent": (200, Site.invitation_by_email),
    "exports": (200, lambda site: site.sign_in("olivia").get(reverse("purchases:export"))),
    "exports, of an accountant": (
        200,
        lambda site: site.sign_in("ada").get(reverse("purchases:export")),
    ),
    "export, busy": (503, Site.second_export),
    "import": (200, lambda site: site.sign_in("olivia").get(reverse("purchases:import"))),
    "import, no file": (400, lambda site: site.sign_in("olivia").post(reverse("purchases:import"))),
    "import, columns": (200, lambda site: site.import_page("import_columns", "plain.ods")),
    "import, dates": (200, lambda site: site.import_page("import_columns", "punchpass_us.csv")),
    "import, plan": (200, lambda site: site.import_that_is_planned()),
    "import, check": (200, lambda site: site.import_page("import_check", "package_tracker.csv")),
    "import, replaced": (200, Site.import_that_was_replaced),
    "import, progress": (200, lambda site: site.import_result()),
    "import, done": (200, lambda site: site.import_result("write")),
    "import, undone": (200, lambda site: site.import_result("write", "undo")),
    "balances": (
        200,
        lambda site: site.sign_in("olivia").get(reverse("purchases:import_balances")),
    ),
    "own sessions": (200, lambda site: site.mia.get(reverse("own_sessions"))),
    "own studios": (200, Site.own_studios),
    "own studios, none open": (200, Site.no_studio_open),
    "join a studio": (200, Site.join_studio),
    "join a studio, no invitation": (200, lambda site: site.mia.get(reverse("join_studio"))),
    "person, of two studios": (200, lambda site: site.person_of_two_studios(sends_email=False)),
    "person, of two studios, mail": (
        200,
        lambda site: site.person_of_two_studios(sends_email=True),
    ),
    "second factor, none": (200, lambda site: site.mia.get(OWN)),
    "second factor": (200, lambda site: site.second_factor(OWN)),
    "second factor, required": (200, Site.second_factor_that_is_required),
    "second factor, code": (200, Site.code_page),
    "second factor, wrong code": (200, lambda site: site.code_page("12345")),
    "add an app": (200, lambda site: site.mia.get(ADD_APP)),
    "add an app, refused": (200, lambda site: site.mia.post(ADD_APP, {"code": "x"})),
    "add a passkey": (200, lambda site: site.mia.get(ADD_PASSKEY)),
    "add a passkey, refused": (200, lambda site: site.mia.post(ADD_PASSKEY, {"name": ""})),
    "recovery codes": (200, Site.recovery_codes),
    "new recovery codes": (200, lambda site: site.second_factor(NEW_CODES)),
    "remove an app": (200, lambda site: site.second_factor(reverse("second_factor:remove_app"))),
    "no studio yet": (403, lambda site: site.sign_in("nora").get(LIST)),
    "refused action": (409, lambda site: post_action(site.mia, "reinstate", site.fresh)),
    "action that is not complete": (
        400,
        lambda site: post_action(site.mia, "use", site.pack, request_id=""),
    ),
    "action that the role forbids": (
        403,
        lambda site: post_action(site.sign_in("ada"), "use", site.pack),
    ),
    "action without a token": (403, Site.post_without_a_csrf_token),
    "form with an old token": (403, Site.form_with_an_old_token),
    "form after the session ended": (
        403,
        lambda site: post_action(Client(), "use", site.pack, by="1", note="ill"),
    ),
    "link that is not complete": (400, lambda site: site.mia.get(LIST, {"after": "x"})),
    "address of a button": (405, lambda site: site.mia.get(f"/purchases/{site.pack.pk}/use/")),
    "no such page": (404, lambda site: site.mia.get("/no/such/page/")),
    "no such page, signed out": (404, lambda site: Client().get("/no/such/page/")),
    "unknown host": (400, lambda site: Client().get(LIST, headers={"Host": "evil.example"})),
    "our own mistake": (500, Site.server_error),
    "not confirmed": (503, Site.database_unavailable),
    "a replaced function": (503, Site.replaced_function),
}
# Pages without htmx. They have no live updates.
WITHOUT_HTMX = {"form with an old token"}
# Forms that are shown again with their problem.
SHOWN_AGAIN = {
    "add a client, not complete",
    "correct bought, not complete",
    "import, no file",
    "studio, refused",
    "new offer, not complete",
    "refund, not complete",
    "sell, filled in",
    "sell, not complete",
}
FRAGMENTS: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "rows": (200, lambda site: site.mia.get(LIST, headers=HTMX)),
    "row": (200, lambda site: post_action(site.mia, "reinstate", site.pack, htmx=True)),
    "row, refused": (409, lambda site: post_action(site.mia, "reinstate", site.fresh, htmx=True)),
    "note, not complete": (
        400,
        lambda site: post_action(site.mia, "use", site.pack, htmx=True, request_id=""),
    ),
    "note, not confirmed": (503, lambda site: site.database_unavailable(htmx=True)),
    "note, a replaced function": (503, lambda site: site.replaced_function(htmx=True)),
    "note, address of a button": (
        405,
        lambda site: site.mia.get(f"/purchases/{site.pack.pk}/use/", headers=HTMX),
    ),
    "note, no such page": (404, lambda site: site.mia.get("/no/such/page/", headers=HTMX)),
}
# Responses without text.
BARE: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "to the sign-in": (302, lambda site: Client().get(LIST)),
    "to the sign-in, htmx": (200, lambda site: Client().get(LIST, headers=HTMX)),
    "to the desk": (302, lambda site: site.mia.get(reverse("home"))),
    "back from an action": (302, lambda site: post_action(site.mia, "use", site.pack)),
    "wrong verb": (405, lambda site: site.mia.post(LIST)),
    "healthz": (200, lambda site: Client().get(reverse("healthz"))),
}
# A browser would show them as an empty page.
HTML_WITHOUT_TEXT = {"to the sign-in, htmx", "wrong verb"}
EVERYTHING = PAGES | FRAGMENTS | BARE
WITH_HTML = PAGES | FRAGMENTS


@pytest.fixture
def site(
    northside: Org,
    mia: User,
    ada: User,
    nora: User,
    olivia: User,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Site:
    # The data folder of the tests has the database too.
    monkeypatch.setattr(secret, "_file", lambda: tmp_path / "first-owner-secret")
    people = {user.username: user for user in (mia, ada, nora, olivia)}

    def break_by(error: Exception) -> None:
        def fail(**arguments: object) -> None:
            raise error

        monkeypatch.setattr(queries, "desk_page", fail)
        monkeypatch.setattr(queries, "client_page", fail)
        monkeypatch.setattr(operations, "use", fail)

    def send_email() -> None:
        monkeypatch.setattr(settings, "SENDS_EMAIL", True)
        monkeypatch.setattr(mail, "in_background", lambda task: None)

    return Site(northside, lambda name: signed_in(people[name]), break_by, send_email)


def answer(site: Site, name: str) -> HttpResponseBase:
    status, load = EVERYTHING[name]
    response = load(site)
    assert response.status_code == status
    return response
