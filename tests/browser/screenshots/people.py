"""Screenshots of the sign-in, of a shared desk, and for members with other roles."""

from collections.abc import Callable

from django.test import override_settings
from playwright.sync_api import BrowserContext, Page

from purchases.models import Org
from studio.models import Membership, RateLimit, Totp, User
from tests.browser.screenshots.demo import PASSWORD, Shoot, signed_in, temporary_policy
from tests.second_factor.people import give_app


def shoot_sign_in(context: BrowserContext, shoot: Shoot) -> None:
    page = context.new_page()
    page.goto("/")
    shoot(page, "sign-in")
    page.get_by_label("Name", exact=True).fill("desk")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    shoot(page, "sign-in-refused")


def shoot_links(page: Page, shoot: Shoot) -> None:
    """Take screenshots of an invitation, as an owner, and of the page to which its link leads."""
    page.goto("/people/")
    shoot(page, "people")
    page.get_by_role("row").get_by_role("link").first.click()
    shoot(page, "person")
    page.goto("/people/invite/")
    shoot(page, "invite")
    page.get_by_label("First name").fill("Nina")
    page.get_by_label("User name").fill("nina")
    page.get_by_label("Role").select_option("staff")
    page.get_by_role("button", name="Invite", exact=True).click()
    shoot(page, "invitation")
    link = page.get_by_label("A link for Nina").input_value()
    page.goto(link)
    page.get_by_label("New password").fill("password1")
    page.get_by_label("The same password again").fill("password1")
    page.get_by_role("button", name="Set the password").click()
    shoot(page, "choose-password")
    User.objects.get(first_name="Nina").delete()
    page.goto(link)
    shoot(page, "link-not-valid")
    with override_settings(SENDS_EMAIL=True):
        page.goto("/accounts/password/")
        shoot(page, "forgotten-password")


def shoot_shared_desk(open_window: Callable[[], BrowserContext], shoot: Shoot) -> None:
    page = signed_in(open_window(), "desk")
    page.locator(".top .who a").click()
    page.get_by_label("PIN", exact=True).wait_for()
    shoot(page, "who-is-at-the-desk")
    page.keyboard.type("n9999")
    page.get_by_text("4 tries left").wait_for()
    shoot(page, "who-wrong-pin")
    for left in ("3 tries", "2 tries", "1 try"):
        page.wait_for_timeout(1_100)  # a person types no faster
        page.keyboard.type("9999")
        page.get_by_text(f"{left} left").wait_for()
    page.wait_for_timeout(1_100)
    page.keyboard.type("9999")
    page.get_by_text("Noah can try again").wait_for()
    shoot(page, "who-locked-out")
    page.keyboard.type("o4071")
    page.get_by_text("Olivia is at the desk").wait_for()
    shoot(page, "desk-of-olivia")
    page.goto("/admin/")
    shoot(page, "admin-closed")
    page.goto("/desk/pin/")
    page.get_by_label("Your password").fill("not it")
    for label in ("New PIN, 4 to 8 digits", "The same PIN again"):
        page.get_by_label(label).fill("1234")
    page.get_by_role("button", name="Set the PIN").click()
    shoot(page, "own-pin")
    page.goto("/purchases/")
    page.keyboard.type("..")
    page.get_by_text("The desk is locked.").wait_for()
    shoot(page, "desk-locked")
    page.goto("/desk/?pressed=1")
    shoot(page, "desk-locked-pressed")
    RateLimit.objects.all().delete()


def shoot_second_factor(open_window: Callable[[], BrowserContext], shoot: Shoot) -> None:
    page = signed_in(open_window(), "owner")
    page.goto("/accounts/second-factor/")
    shoot(page, "second-factor-none")
    page.goto("/accounts/second-factor/app/")
    shoot(page, "second-factor-app")
    give_app(User.objects.get(username="owner"))
    page.goto("/accounts/second-factor/")
    shoot(page, "second-factor")
    page.goto("/accounts/second-factor/recovery-codes/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make new codes").click()
    page.get_by_role("link", name="I have stored them").wait_for()
    shoot(page, "recovery-codes")
    page = open_window().new_page()
    page.goto("/")
    page.get_by_label("Name", exact=True).fill("owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of the authenticator app").wait_for()
    shoot(page, "second-factor-code")
    Totp.objects.all().delete()


def shoot_other_members(open_window: Callable[[], BrowserContext], shoot: Shoot) -> None:
    page = signed_in(open_window(), "accountant")
    shoot(page, "accountant")
    page.goto("/cancelled-class/")
    shoot(page, "error-403")
    shoot(signed_in(open_window(), "nora"), "no-membership")
    new = Org.objects.create(name="Harbour Barre", slug="harbour-barre")
    lena = User.objects.create_user("lena", password=PASSWORD, first_name="Lena")
    Membership.objects.create(user=lena, org=new, role="owner")
    shoot(signed_in(open_window(), "lena"), "desk-nothing-yet")
    with temporary_policy(reason_is_mandatory=True):
        page = signed_in(open_window(), "owner")
        page.locator("summary").first.click()
        shoot(page, "desk-mandatory-reason")
        page.goto("/admin/")
        shoot(page, "admin")
