"""Sell a pack to a walk-in by keyboard: a new client and a purchase in few key presses."""

from playwright.sync_api import Page, expect

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase
from studio.models import User
from tests.browser.conftest import SignIn, Window
from tests.factories import make_client, make_offer

MOST_KEYS = 12


class Keyboard:
    """A keyboard that counts the key presses beside the typed text."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def make_offers(org: Org) -> None:
    make_client(org=org, name="Ana Ruiz")
    for name, price, sessions in (("10-class pack", 18000, 10), ("5-class pack", 9500, 5)):
        offer = make_offer(org=org, name=name)
        Offer.objects.filter(pk=offer.pk).update(
            price_cents=price, sessions_included=sessions, bonus_sessions=1, pack_validity_days=90
        )


def test_a_walk_in_is_sold_a_pack_by_keyboard(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_offers(northside)
    page = sign_in(window(), mia)
    keys = Keyboard(page)

    keys.press("$")
    expect(page.get_by_label("To which client?")).to_be_focused()
    keys.type("Willa Park")
    keys.press("Enter")
    expect(page.get_by_label("E-mail (optional)")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Willa Park")
    keys.type("willa@example.com")
    keys.press("Tab")
    keys.type("+61 412 344 417")
    keys.press("Tab")
    expect(page.get_by_role("radio", name="10-class pack")).to_be_focused()
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="5-class pack")).to_be_checked()
    expect(page.get_by_label("Price AUD")).to_have_value("95")
    expect(page.get_by_role("textbox", name="Sessions")).to_have_value("6")
    keys.press("Tab", "Space")
    expect(page.get_by_role("radio", name="Cash")).to_be_checked()
    keys.press("Enter")

    expect(page.get_by_role("heading", name="Willa Park")).to_be_visible()
    expect(page.locator("#note span").first).to_contain_text(
        "5-class pack sold to Willa Park. 6 sessions until "
    )
    assert keys.presses <= MOST_KEYS
    willa = Buyer.objects.get(full_name="Willa Park")
    assert (willa.email, willa.phone) == ("willa@example.com", "+61 412 344 417")
    purchase = Purchase.objects.get()
    assert (purchase.client, purchase.amount_paid_cents, purchase.sessions_total) == (
        willa,
        9500,
        6,
    )
    assert purchase.payment_method == "cash"

    # The message takes it back, and the row changes in sight.
    page.wait_for_timeout(600)
    keys.press(",", "Enter")
    expect(page.locator("#note span").first).to_contain_text("Sale undone: 5-class pack")
    expect(page.locator(f"#purchase-{purchase.pk}")).to_contain_text("refunded")


def test_the_last_offer_that_was_chosen_fills_the_fields(
    window: Window, sign_in: SignIn, mia: User, northside: Org
) -> None:
    make_offers(northside)
    page = sign_in(window(), mia)
    page.goto(f"/clients/{Buyer.objects.get().pk}/")
    page.keyboard.press("$")

    expect(page.get_by_role("heading", name="Sell to Ana Ruiz")).to_be_visible()
    expect(page.get_by_role("radio", name="10-class pack")).to_be_focused()
    page.get_by_role("radio", name="5-class pack").check()
    page.get_by_role("radio", name="10-class pack").check()
    page.get_by_label("Price AUD").fill("150,50")
    page.get_by_label("Last day").fill("")
    page.get_by_role("radio", name="Not paid yet").check()
    page.get_by_role("button", name="Sell").click()

    expect(page.locator("#note span").first).to_have_text(
        "10-class pack sold to Ana Ruiz. 11 sessions, which never expire. Not paid yet."
    )
    assert Purchase.objects.get().amount_paid_cents == 15050
