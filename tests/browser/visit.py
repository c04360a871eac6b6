"""A browser at a studio, and the steps that lead to each state of a page."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from purchases import queries
from purchases.models import Org, Purchase
from studio.models import Membership, Policy, User
from studio.new_studio import secret
from tests.acts.acts import (
    moved_by,
    refunded_by,
    total_corrected_by,
    transferred_by,
    used_corrected_by,
)
from tests.allowances.limits import allow
from tests.browser.conftest import SignIn
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.factories import make_client, make_purchase, make_user
from tests.ledger import reinstated_by, undone_by, used_by
from tests.links import link_of, make_invited
from tests.pages import LIST
from tests.seals.sealing import seal_now


def make_one_of_each(org: Org) -> Purchase:
    """Create a purchase of each kind that looks different, and return the newest."""
    now = timezone.now()
    make_purchase(org=org, used=10)
    make_purchase(org=org, expires_at=now + timedelta(days=5))
    make_purchase(org=org, expires_at=now - timedelta(days=5))
    make_purchase(org=org, payment_status="pending", used=0)
    make_purchase(org=org, payment_status="refunded")
    make_purchase(org=org, total=None, used=None)
    make_purchase(org=org, used=None)
    make_purchase(org=org, used=12)
    long = make_client(
        org=org,
        name="Alexandrina Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh",
        email="alexandrina.wolfeschlegelsteinhausenbergerdorff@example.com",
    )
    make_purchase(org=org, client=long)
    client = make_client(org=org, name="محمد", email="m@example.org", phone="+61 400 000 000")
    return make_purchase(org=org, client=client)


@dataclass(frozen=True)
class Visit:
    """A browser and an org that has one purchase of each kind."""

    context: BrowserContext
    sign_in: SignIn
    org: Org
    people: dict[str, User]
    pack: Purchase
    patch: pytest.MonkeyPatch

    def see(self, path: str, *, user: str = "mia") -> Page:
        page = self.sign_in(self.context, self.people[user])
        if path != LIST:
            page.goto(path)
        return page

    def as_owner(self, path: str) -> Page:
        self.people["olivia"] = make_user(username="olivia", org=self.org, role="owner")
        return self.see(path, user="olivia")

    def first_page(self) -> Page:
        """Show the form of a new studio with refused fields."""
        page = self.context.new_page()
        self.patch.setattr(secret, "is_needed", lambda: True)
        self.patch.setattr(secret, "is_right_digest", lambda digest: True)
        page.goto("/start/")
        page.locator("form.settings").evaluate("form => form.noValidate = true")
        page.get_by_role("button", name="Open the studio").click()
        expect(page.get_by_text("Type the name of your studio.")).to_be_visible()
        return page

    def stale_settings(self) -> Page:
        page = self.as_owner("/studio/")
        Policy.objects.create(org=self.org, staff_may_sell=False)
        page.get_by_role("button", name="Save the settings").click()
        expect(page.get_by_text("somebody else has changed these settings")).to_be_visible()
        return page

    def person(self, name: str) -> Page:
        """Return the page of a person, as an owner sees it."""
        member = Membership.objects.get(user=self.people[name])
        return self.as_owner(f"/people/{member.pk}/")

    def sign_in_page(self) -> Page:
        page = self.context.new_page()
        page.goto("/accounts/login/")
        return page

    def sign_in_refused(self) -> Page:
        page = self.sign_in_page()
        page.get_by_label("Name", exact=True).fill("mia")
        page.get_by_label("Password").fill("not it")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        return page

    def forgotten_password(self) -> Page:
        self.patch.setattr(settings, "SENDS_EMAIL", True)
        page = self.sign_in_page()
        page.get_by_role("link", name="Forgot your password?").click()
        expect(page.get_by_role("button", name="Send the link")).to_be_visible()
        return page

    def choose_password(self) -> Page:
        """Show the form of an invited person with a refused password."""
        page = self.context.new_page()
        page.goto(link_of(make_invited(make_user(username="ivo", org=self.org))))
        for label in ("New password", "The same password again"):
            page.get_by_label(label).fill("password1")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_text("This password is too common.")).to_be_visible()
        return page

    def reasons(self) -> Page:
        page = self.see(LIST)
        page.locator(f"#purchase-{self.pack.pk} summary").click()
        return page

    def reinstated(self) -> Page:
        page = self.see(LIST)
        page.locator(f"#reinstate-{self.pack.pk}").click()
        expect(page.locator("#note")).to_contain_text("Session reinstated")
        return page

    def refused(self) -> Page:
        page = self.see(LIST)
        Purchase.objects.filter(pk=self.pack.pk).update(payment_status="refunded")
        page.locator(f"#reinstate-{self.pack.pk}").click()
        expect(page.locator("#note .refused")).to_be_visible()
        return page

    def approval_form(self) -> Page:
        """Show the approval form in the list."""
        page = self.reinstate_beyond_the_allowance(LIST)
        expect(page.get_by_label("Olivia confirms")).to_be_visible()
        return page

    def not_changed(self) -> Page:
        """Show the approval form on a separate page."""
        page = self.reinstate_beyond_the_allowance(f"/purchases/{self.pack.pk}/")
        expect(page.get_by_role("heading", name="Not changed")).to_be_visible()
        return page

    def reinstate_beyond_the_allowance(self, path: str) -> Page:
        make_user(username="olivia", org=self.org, role="owner")
        allow(self.org, 0, reason="")
        page = self.see(path)
        page.locator(f"#reinstate-{self.pack.pk}").click()
        return page

    def keys(self) -> Page:
        page = self.see(LIST)
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        return page

    def purchase(self) -> Page:
        """Show a purchase that has an event of each kind."""
        mia = self.people["mia"]
        Purchase.objects.filter(pk=self.pack.pk).update(expires_at=timezone.now())
        undone_by(
            mia, reinstated_by(mia, self.pack, reason="class_cancelled", note="Reformer 18:00")
        )
        extension_undone_by(mia, extended_by(mia, self.pack))
        extended_by(mia, self.pack, note="ill")
        used_by(mia, self.pack)
        return self.see(f"/purchases/{self.pack.pk}/")

    def of_owner(self, path: str) -> Page:
        """Show a page that only owners have."""
        self.people["olivia"] = make_user(username="olivia", org=self.org, role="owner")
        return self.see(path, user="olivia")

    def act(self, name: str, query: str = "") -> Page:
        """Show the page of an act. The client has another pack, and another client exists."""
        make_purchase(org=self.org, client=self.pack.client)
        return self.of_owner(f"/purchases/{self.pack.pk}/{name}/{query}")

    def act_refused(self) -> Page:
        page = self.act("refund")
        page.get_by_label("Amount that you give back").fill("9999")
        page.get_by_role("button", name="Mark as refunded").click()
        expect(page.get_by_role("alert")).to_be_visible()
        return page

    def after_acts(self, path: str) -> Page:
        """Show a page after a move, a correction, a transfer and a refund."""
        olivia = make_user(username="olivia", org=self.org, role="owner")
        self.people["olivia"] = olivia
        other = make_purchase(org=self.org, client=self.pack.client)
        moved_by(olivia, self.pack, other, used_by(olivia, self.pack).pk)
        used_corrected_by(olivia, self.pack, 2)
        total_corrected_by(olivia, self.pack, -1)
        transferred_by(olivia, self.pack, make_client(org=self.org, name="Ben Ode"), note="moves")
        refunded_by(olivia, self.pack)
        return self.see(path, user="olivia")

    def seals(self) -> Page:
        olivia = make_user(username="olivia", org=self.org, role="owner")
        self.people["olivia"] = olivia
        used_by(olivia, self.pack)
        seal_now()
        return self.see("/seals/", user="olivia")

    def receipt(self) -> Page:
        """Show the answer to a receipt that does not agree with its line."""
        page = self.see("/seals/receipt/")
        page.get_by_label("Line").fill("C1")
        page.get_by_label("Code").fill("0000-0000-0000")
        page.get_by_role("button", name="Check").click()
        expect(page.locator("main [role=status], main [role=alert]").first).to_be_visible()
        return page

    def unpaid(self) -> Page:
        Purchase.objects.filter(pk=self.pack.pk).update(payment_status="pending")
        return self.see(f"/purchases/{self.pack.pk}/")

    def client(self) -> Page:
        self.purchase().close()
        make_purchase(org=self.org, client=self.pack.client, used=10)
        page = self.context.new_page()
        page.goto(f"/clients/{self.pack.client_id}/")
        return page

    def new_client(self) -> Page:
        return self.see(f"/clients/{make_client(org=self.org).pk}/")

    def new_org(self) -> Page:
        Purchase.objects.all().delete()
        return self.see(LIST)

    def cancelled_class(self) -> Page:
        page = self.see("/cancelled-class/")
        names = ["m@example.org", "Ana Ruiz", "Alexa Wolfe", "Nobody Here", "x" * 200]
        page.get_by_label("E-mails or names").fill("\n".join(names))
        page.get_by_role("button", name="Find these people").last.click()
        expect(page.locator(".look")).to_be_visible()
        return page

    def cancelled_class_done(self) -> Page:
        page = self.cancelled_class()
        page.locator("#reinstate-all").click()
        expect(page.locator("#progress-text")).to_contain_text("given back")
        return page

    def cancelled_class_expired(self) -> Page:
        """Show a list of which the packs have expired, and one of them is extended."""
        page = self.cancelled_class_done()
        Purchase.objects.filter(pk=self.pack.pk).update(
            expires_at=timezone.now() - timedelta(days=1)
        )
        page.reload()
        page.get_by_role("button", name="+7 days").click()
        expect(page.locator(".results")).to_contain_text("extended, good until")
        return page

    def cancelled_class_undone(self) -> Page:
        page = self.cancelled_class_done()
        page.get_by_role("button", name="Undo this list").click()
        expect(page.locator("#progress-text")).to_contain_text("undone")
        return page

    def broken(self, error: Exception) -> Page:
        page = self.see(LIST)

        def fail(**_: object) -> None:
            raise error

        self.patch.setattr(queries, "desk_page", fail)
        page.goto(LIST)
        return page
