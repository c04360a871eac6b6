"""`make screenshots`: every page and state of the demo studio, at three widths, light and dark.

Into screenshots/, which git ignores, for somebody to look through. Not a test: nothing here says
what is right, and `make test` does not run it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from purchases.models import Client, Org, Purchase
from studio.models import Membership, Policy, User
from tests.browser.conftest import Window
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.forgiveness.allowances import given_back
from tests.ledger import reinstated_by, undone_by, used_by

FOLDER = settings.BASE_DIR / "screenshots"
WIDTHS = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
# What the demo made; `demo` says it to whoever runs it, too.
PASSWORD = "studio-demo"
# Milliseconds until a button that came in the place of another can be pressed.
BREATH = 600
ZOE = "Zoë Óskarsdóttir-Nguyễn"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", WIDTHS)
def test_screenshots(window: Window, console: list[str], device: str, scheme: str) -> None:
    call_command("demo", verbosity=0)
    User.objects.create_user("nora", password=PASSWORD, first_name="Nora")
    width, height = WIDTHS[device]

    def open_window(**options: Any) -> BrowserContext:
        viewport = {"width": width, "height": height}
        return window(viewport=viewport, color_scheme=scheme, **options)

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=FOLDER / f"{name}-{device}-{scheme}.png")

    strangers(open_window(), shoot)
    the_desk(signed_in(open_window(), "desk"), shoot)
    an_allowance_is_spent(open_window, shoot)
    refusals_and_errors(signed_in(open_window(), "desk"), shoot)
    a_shared_desk(open_window, shoot)
    other_people(open_window, shoot)
    with the_policy(language="he"):
        right_to_left(signed_in(open_window(), "desk"), shoot)
    with the_policy(language="es"):
        spanish(signed_in(open_window(), "desk"), shoot)
    # Errors are pages here, and the browser logs each of them.
    console.clear()


Shoot = Callable[[Page, str], None]


def signed_in(context: BrowserContext, username: str) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name", exact=True).fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def strangers(context: BrowserContext, shoot: Shoot) -> None:
    page = context.new_page()
    page.goto("/")
    shoot(page, "sign-in")
    page.get_by_label("Name", exact=True).fill("desk")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    shoot(page, "sign-in-refused")


def the_desk(page: Page, shoot: Shoot) -> None:
    shoot(page, "desk")
    page.locator("summary").nth(1).click()
    shoot(page, "desk-reasons")
    page.get_by_role("button", name="Late cancel forgiven").click()
    page.locator("#note .undo").wait_for()
    shoot(page, "desk-reinstated")
    page.locator(".undo button").click()
    page.get_by_text("counts as used again").wait_for()
    shoot(page, "desk-undone")
    page.locator(".desk tbody tr").last.scroll_into_view_if_needed()
    shoot(page, "desk-scrolled")
    for state in Purchase.State.values[1:]:
        page.goto(f"/purchases/?state={state}")
        shoot(page, f"desk-{state}")
    page.goto("/purchases/?q=ana")
    shoot(page, "desk-search")
    page.goto("/purchases/?q=xyzzy&state=active")
    shoot(page, "desk-nobody")
    page.goto("/purchases/?q=xyzzy")
    shoot(page, "desk-nobody-at-all")
    page.goto("/purchases/?state=expired")
    page.locator(".reinstate > .button").first.click()
    page.get_by_text("The pack expired on").wait_for()
    shoot(page, "desk-expired")
    page.wait_for_timeout(BREATH)
    page.get_by_role("button", name="Extend by 14 days").click()
    page.get_by_text("good until").wait_for()
    shoot(page, "desk-extended")
    page.goto("/purchases/")
    page.get_by_role("link", name=ZOE).click()
    shoot(page, "client")
    page.locator(".offer").first.click()
    page.locator("form.use button").click()
    page.locator("#note .said").wait_for()
    shoot(page, "purchase")
    page.emulate_media(media="print")
    shoot(page, "purchase-on-paper")
    page.go_back()
    shoot(page, "client-on-paper")
    page.emulate_media(media="screen")
    page.go_forward()
    a_purchase_with_a_story(page, shoot)
    nobody = Client.objects.create(org=Org.objects.get(slug="northside-pilates"), full_name="Jo Ng")
    page.goto(f"/clients/{nobody.pk}/")
    shoot(page, "client-nothing-bought")
    nobody.delete()
    page.goto("/purchases/")
    page.keyboard.press("?")
    shoot(page, "keys")


def a_shared_desk(open_window: Callable[[], BrowserContext], shoot: Shoot) -> None:
    page = signed_in(open_window(), "desk")
    page.locator(".top .who a").click()
    page.get_by_label("Code", exact=True).wait_for()
    shoot(page, "who-is-at-the-desk")
    page.keyboard.type("n9999")
    page.get_by_text("4 tries left").wait_for()
    shoot(page, "who-wrong-code")
    for left in ("3 tries", "2 tries", "1 try"):
        page.keyboard.type("9999")
        page.get_by_text(f"{left} left").wait_for()
    page.keyboard.type("9999")
    page.get_by_text("Noah is locked out").wait_for()
    shoot(page, "who-locked-out")
    page.keyboard.type("o4071")
    page.get_by_text("Olivia is at the desk").wait_for()
    shoot(page, "desk-of-olivia")
    page.goto("/admin/")
    shoot(page, "admin-closed")
    page.goto("/desk/code/")
    page.get_by_label("Your password").fill("not it")
    for label in ("New code, 4 to 8 digits", "The same code again"):
        page.get_by_label(label).fill("1234")
    page.get_by_role("button", name="Set the code").click()
    shoot(page, "own-code")
    page.goto("/purchases/")
    page.keyboard.type("..")
    page.get_by_text("The desk is locked.").wait_for()
    shoot(page, "desk-locked")
    page.goto("/desk/?pressed=1")
    shoot(page, "desk-locked-pressed")
    Membership.objects.filter(user__username="evening").update(wrong_tries=0, locked_until=None)


def a_purchase_with_a_story(page: Page, shoot: Shoot) -> None:
    """The page as it is turned to the client, and what it says of an extension."""
    pack = Purchase.objects.get(pk=page.url.rstrip("/").rsplit("/", 1)[1])
    Purchase.objects.filter(pk=pack.pk).update(expires_at=timezone.now() + timedelta(days=5))
    pack.client.notes = "Bad knee: no jumps.\nPays by card."
    pack.client.save()
    desk, owner = (User.objects.get(username=name) for name in ("desk", "owner"))
    used_by(desk, pack)
    undone_by(desk, reinstated_by(desk, pack, reason="class_cancelled", note="The pipe burst"))
    reinstated_by(owner, pack, reason="late_cancel_forgiven")
    Purchase.objects.filter(pk=pack.pk).update(sessions_used=F("sessions_used") + 1)
    extension_undone_by(desk, extended_by(desk, pack, days=14))
    page.reload()
    page.get_by_label("Why is it extended?").fill("ill for a week")
    page.get_by_role("button", name="+7 days").click()
    page.get_by_text("good until").wait_for()
    shoot(page, "purchase-extended")
    page.locator(".timeline tr").last.scroll_into_view_if_needed()
    shoot(page, "purchase-history")
    expired = Purchase.objects.filter(org=pack.org, expires_at__lt=timezone.now())
    page.goto(f"/purchases/{expired[0].pk}/")
    shoot(page, "purchase-expired")


def an_allowance_is_spent(open_window: Callable[..., BrowserContext], shoot: Shoot) -> None:
    mia = User.objects.get(username="desk")
    first, second = Purchase.objects.of_org(mia.membership.org_id).newest_first()[:2]
    given_back(mia, first, reason=None)
    given_back(mia, second, reason=None, times=3)
    given_back(mia, second, times=2)
    given_back(mia, second, reason="other")
    page = signed_in(open_window(java_script_enabled=False), "desk")
    page.locator(".desk tbody tr").nth(1).locator(".reinstate > .button").click()
    page.locator("#secret").wait_for()
    shoot(page, "owners-step-page")
    page = signed_in(open_window(), "desk")
    shoot(page, "desk-allowance")
    row = page.locator(".desk tbody tr").nth(1)
    row.locator("summary").click()
    shoot(page, "desk-allowance-reasons")
    row.get_by_role("button", name="Late cancel forgiven").click()
    page.locator("#secret").wait_for()
    shoot(page, "desk-owners-step")
    page.locator("#secret").fill("not it")
    page.get_by_role("button", name="Confirm and reinstate").click()
    page.get_by_text("That is not the password").wait_for()
    shoot(page, "desk-owners-step-wrong")
    page.locator("#secret").fill(PASSWORD)
    page.locator("#secret").press("Enter")
    page.locator("#note .undo").wait_for()
    shoot(page, "desk-owners-step-confirmed")
    row.locator(".offer").click()
    shoot(page, "purchase-confirmed")


def refusals_and_errors(page: Page, shoot: Shoot) -> None:
    page.goto("/purchases/?state=active")
    button = page.locator(".reinstate > .button").first
    pack = Purchase.objects.filter(pk=str(button.get_attribute("id")).removeprefix("reinstate-"))
    pack.update(payment_status="refunded")
    button.click()
    page.locator("#note .refused").wait_for()
    shoot(page, "desk-refused")
    pack.update(payment_status="succeeded")
    page.goto("/purchases/?state=unheard-of")
    shoot(page, "error-400")
    page.goto(f"/purchases/{uuid4()}/")
    shoot(page, "error-404")
    with pytest.MonkeyPatch.context() as broken:
        for status, error in {500: RuntimeError(), 503: OperationalError()}.items():
            broken.setattr("purchases.queries.desk_page", Mock(side_effect=error))
            page.goto("/purchases/")
            shoot(page, f"error-{status}")
    page.goto("/purchases/")
    page.context.set_offline(True)
    page.locator(".reinstate > .button").first.click()
    page.get_by_text("Trying again is safe.").wait_for()
    shoot(page, "desk-unconfirmed")


def other_people(open_window: Callable[[], BrowserContext], shoot: Shoot) -> None:
    page = signed_in(open_window(), "accountant")
    shoot(page, "accountant")
    page.goto("/cancelled-class/")
    shoot(page, "error-403")
    shoot(signed_in(open_window(), "nora"), "no-membership")
    new = Org.objects.create(name="Harbour Barre", slug="harbour-barre")
    lena = User.objects.create_user("lena", password=PASSWORD, first_name="Lena")
    Membership.objects.create(user=lena, org=new, role="owner")
    shoot(signed_in(open_window(), "lena"), "desk-nothing-yet")
    with the_policy(reason_is_mandatory=True):
        page = signed_in(open_window(), "owner")
        page.locator("summary").first.click()
        shoot(page, "desk-mandatory-reason")
        page.goto("/admin/")
        shoot(page, "admin")


def right_to_left(page: Page, shoot: Shoot) -> None:
    """In the direction of Hebrew; its words are nobody's yet."""
    shoot(page, "rtl-desk")
    page.locator("summary").nth(1).click()
    shoot(page, "rtl-desk-reasons")
    page.goto("/purchases/")
    page.locator("form.use button").first.click()
    page.locator("#note .said").wait_for()
    page.locator(".client").nth(1).click()
    shoot(page, "rtl-client")
    page.locator(".offer").first.click()
    shoot(page, "rtl-purchase")
    page.goto("/cancelled-class/")
    page.get_by_label("E-mails or names").fill("Ana Ruiz\nTom Fletcher\nNobody\n田中")
    page.locator(".ask .button").click()
    page.locator(".people").first.wait_for()
    shoot(page, "rtl-cancelled-class")


def spanish(page: Page, shoot: Shoot) -> None:
    shoot(page, "es-desk")
    page.locator("summary").nth(1).click()
    shoot(page, "es-desk-reasons")
    page.get_by_role("button", name="Cancelación tardía perdonada").click()
    page.locator("#note .undo").wait_for()
    shoot(page, "es-desk-reinstated")
    page.locator(".undo button").click()
    page.get_by_text("vuelve a contar como usada").wait_for()
    page.goto("/purchases/")
    row = page.locator(".desk tbody tr").nth(1)
    row.locator("form.use button").click()
    page.locator("#note .said").wait_for()
    page.wait_for_timeout(BREATH)
    row.locator("summary").click()
    shoot(page, "es-desk-allowance-reasons")
    row.get_by_role("button", name="Cancelación tardía perdonada").click()
    page.locator("#secret").wait_for()
    shoot(page, "es-desk-owners-step")
    page.locator("#secret").fill("not it")
    page.locator("#secret").press("Enter")
    page.get_by_text("No es la contraseña").wait_for()
    shoot(page, "es-desk-owners-step-wrong")
    page.goto("/purchases/?state=expired")
    page.locator(".reinstate > .button").first.click()
    page.locator(".extend-now").wait_for()
    shoot(page, "es-desk-expired")
    page.wait_for_timeout(BREATH)
    page.get_by_role("button", name="Ampliar 14 días").click()
    page.get_by_text("válido hasta").wait_for()
    shoot(page, "es-desk-extended")
    page.goto("/purchases/")
    page.get_by_role("link", name=ZOE).click()
    shoot(page, "es-client")
    page.locator(".offer").first.click()
    page.locator("form.use button").click()
    page.locator("#note .said").wait_for()
    shoot(page, "es-purchase")
    page.locator(".timeline tr").last.scroll_into_view_if_needed()
    shoot(page, "es-purchase-history")
    page.keyboard.press("?")
    shoot(page, "es-keys")
    page.goto(f"/purchases/{uuid4()}/")
    shoot(page, "es-error-404")
    page.goto("/cancelled-class/")
    page.get_by_label("Correos o nombres").fill("Ana Ruiz\nTom Fletcher\nAna Nadie\n田中")
    page.locator(".ask .button").click()
    page.locator(".people").first.wait_for()
    shoot(page, "es-cancelled-class")
    page.locator(".top .who a").click()
    page.get_by_label("Código", exact=True).wait_for()
    shoot(page, "es-who-is-at-the-desk")
    page.keyboard.type("n9999")
    page.get_by_text("Quedan 4 intentos").wait_for()
    shoot(page, "es-who-wrong-code")
    page.goto("/desk/code/")
    shoot(page, "es-own-code")
    page.goto("/purchases/")
    page.keyboard.type("..")
    page.get_by_text("Recepción está bloqueada.").wait_for()
    shoot(page, "es-desk-locked")


@contextmanager
def the_policy(**chosen: Any) -> Iterator[None]:
    northside = Org.objects.get(slug="northside-pilates")
    policy = Policy.objects.create(org=northside, **chosen)
    yield
    policy.delete()
