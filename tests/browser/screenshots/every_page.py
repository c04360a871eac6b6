"""`make screenshots`: every page and state of the demo studio, at three widths, light and dark.

Into screenshots/, which git ignores, for somebody to look through. Not a test: nothing here says
what is right, and `make test` does not run it.
"""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page

from studio.models import User
from tests.browser.conftest import Window
from tests.browser.screenshots.demo import PASSWORD, signed_in, the_policy
from tests.browser.screenshots.desk import an_allowance_is_spent, refusals_and_errors, the_desk
from tests.browser.screenshots.languages import right_to_left, spanish
from tests.browser.screenshots.people import a_shared_desk, other_people, strangers

FOLDER = settings.BASE_DIR / "screenshots"
WIDTHS = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}


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
        # As somebody sees it: a menu has found its place, and a number that changed stands still.
        page.wait_for_timeout(100)
        page.screenshot(path=FOLDER / f"{name}-{device}-{scheme}.png", animations="disabled")

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
