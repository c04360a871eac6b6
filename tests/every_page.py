"""Every page, fragment and other response of the site, each with a function that loads it."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases import operations, queries
from purchases.models import Org
from studio.accounts import mail
from studio.models import User
from tests.acts.acts import post_act, url_of
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase, make_user
from tests.history import page_of
from tests.links import link_of, make_invited
from tests.pages import HTMX, LIST, post_action, send, undo_on
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

    def forgotten_password(self, account: str | None = None) -> HttpResponseBase:
        """Return the page on a site with e-mail, or the page after its form was sent."""
        self.send_email()
        url = reverse("forgotten_password")
        return Client().get(url) if account is None else Client().post(url, {"account": account})

    def choose_password(self, password: str | None = None) -> HttpResponseBase:
        """Return the page of an invited person, or the page after its form was sent."""
        invited = make_invited(make_user(username="ivo", org=self.pack.org))
        browser = Client()
        form = browser.get(link_of(invited))["Location"]
        if password is None:
            return browser.get(form)
        return browser.post(form, {"new_password1": password, "new_password2": "x"})

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
    "desk": (200, lambda site: site.mia.get(LIST)),
    "desk, nobody found": (200, lambda site: site.mia.get(LIST, {"q": "zzz"})),
    "desk, after an action": (200, Site.desk_after_reinstating),
    "client": (200, lambda site: site.mia.get(site.client_page)),
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
    "receipt": (200, lambda site: site.mia.get(reverse("purchases:receipt"))),
    "receipt, unknown line": (
        200,
        lambda site: site.mia.get(
            reverse("purchases:receipt"), {"line": "C1", "code": "A4F9-03C2-77E1"}
        ),
    ),
    "own sessions": (200, lambda site: site.mia.get(reverse("own_sessions"))),
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
}
# Pages without htmx. They have no live updates.
WITHOUT_HTMX = {"form with an old token"}
# Forms that are shown again with their problem.
SHOWN_AGAIN = {"correct bought, not complete", "refund, not complete"}
FRAGMENTS: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "rows": (200, lambda site: site.mia.get(LIST, headers=HTMX)),
    "row": (200, lambda site: post_action(site.mia, "reinstate", site.pack, htmx=True)),
    "row, refused": (409, lambda site: post_action(site.mia, "reinstate", site.fresh, htmx=True)),
    "note, not complete": (
        400,
        lambda site: post_action(site.mia, "use", site.pack, htmx=True, request_id=""),
    ),
    "note, not confirmed": (503, lambda site: site.database_unavailable(htmx=True)),
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
) -> Site:
    people = {user.username: user for user in (mia, ada, nora, olivia)}

    def break_by(error: Exception) -> None:
        def fail(**arguments: object) -> None:
            raise error

        monkeypatch.setattr(queries, "desk_page", fail)
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
