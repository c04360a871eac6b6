"""`make screenshots`: every page and state of the demo studio, at four widths, light and dark.

The images go to screenshots/, which git ignores. This is not a test, and `make test` skips it.
"""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from studio.models import User
from tests.browser.conftest import Window
from tests.browser.screenshots.acts import shoot_acts, shoot_records
from tests.browser.screenshots.clients import shoot_clients, shoot_import
from tests.browser.screenshots.demo import PASSWORD, signed_in, temporary_policy
from tests.browser.screenshots.desk import shoot_allowance, shoot_desk, shoot_refusals_and_errors
from tests.browser.screenshots.languages import shoot_right_to_left, shoot_spanish
from tests.browser.screenshots.people import (
    shoot_links,
    shoot_other_members,
    shoot_second_factor,
    shoot_shared_desk,
    shoot_sign_in,
)
from tests.demo import load_demo

FOLDER = settings.BASE_DIR / "screenshots"
WIDTHS = {"desk": (1440, 900), "tablet": (1024, 768), "upright": (820, 1180), "phone": (390, 844)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", WIDTHS)
def test_screenshots(window: Window, console: list[str], device: str, scheme: str) -> None:
    load_demo()
    User.objects.create_user("nora", password=PASSWORD, first_name="Nora")
    width, height = WIDTHS[device]

    def open_window(**options: Any) -> BrowserContext:
        viewport = {"width": width, "height": height}
        return window(viewport=viewport, color_scheme=scheme, **options)

    def shoot(page: Page, name: str) -> None:
        # Wait until a menu is positioned and the animation of a count has ended.
        page.wait_for_timeout(100)
        page.screenshot(path=FOLDER / f"{name}-{device}-{scheme}.png", animations="disabled")

    shoot_sign_in(open_window(), shoot)
    shoot_desk(signed_in(open_window(), "desk"), shoot)
    shoot_allowance(open_window, shoot)
    shoot_refusals_and_errors(signed_in(open_window(), "desk"), shoot)
    shoot_shared_desk(open_window, shoot)
    shoot_other_members(open_window, shoot)
    shoot_second_factor(open_window, shoot)
    with temporary_policy(language="he"):
        shoot_right_to_left(signed_in(open_window(), "desk"), shoot)
    with temporary_policy(language="es"):
        shoot_spanish(signed_in(open_window(), "desk"), shoot)
    shoot_acts(signed_in(open_window(), "owner"), shoot)
    shoot_records(signed_in(open_window(), "owner"), shoot)
    shoot_links(signed_in(open_window(), "owner"), shoot)
    shoot_clients(signed_in(open_window(), "owner"), shoot)
    shoot_import(signed_in(open_window(), "owner"), shoot)
    # Some pages are errors, and the browser logs each of them.
    console.clear()
