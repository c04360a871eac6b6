"""Screenshots of the desk, a client and a purchase, with their refusals and errors."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from purchases.models import Client, Org, Purchase
from studio.models import User
from tests.allowances.limits import allow, reinstate_times
from tests.browser.screenshots.demo import CLICK_GUARD, PASSWORD, ZOE, Shoot, signed_in
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.ledger import reinstated_by, undone_by, used_by


def shoot_desk(page: Page, shoot: Shoot) -> None:
    shoot(page, "desk")
    page.locator("summary").nth(1).click()
    shoot(page, "desk-reasons")
    page.wait_for_timeout(CLICK_GUARD)
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
    page.wait_for_timeout(CLICK_GUARD)
    page.get_by_role("button", name="Extend by 14 days").click()
    page.get_by_text("good until").wait_for()
    shoot(page, "desk-extended")
    page.goto("/purchases/")
    page.get_by_role("link", name=ZOE).click()
    shoot(page, "client")
    client_url = page.url
    page.locator(".offer").first.click()
    page.locator("form.use button").click()
    page.locator("#note .notice").wait_for()
    shoot(page, "purchase")
    page.emulate_media(media="print")
    shoot(page, "purchase-on-paper")
    purchase_url = page.url
    page.goto(client_url)
    shoot(page, "client-on-paper")
    page.emulate_media(media="screen")
    page.goto(purchase_url)
    shoot_purchase(page, shoot)
    client = Client.objects.create(org=Org.objects.get(slug="northside-pilates"), full_name="Jo Ng")
    page.goto(f"/clients/{client.pk}/")
    shoot(page, "client-nothing-bought")
    client.delete()
    page.goto("/purchases/")
    page.keyboard.press("?")
    shoot(page, "keys")


def shoot_purchase(page: Page, shoot: Shoot) -> None:
    """Take screenshots of a purchase with many events and an extension."""
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
    page.get_by_label("Reason for the extension").fill("ill for a week")
    page.get_by_role("button", name="+7 days").click()
    page.get_by_text("good until").wait_for()
    shoot(page, "purchase-extended")
    page.locator(".timeline tr").last.scroll_into_view_if_needed()
    shoot(page, "purchase-history")
    expired = Purchase.objects.filter(org=pack.org, expires_at__lt=timezone.now())
    page.goto(f"/purchases/{expired[0].pk}/")
    shoot(page, "purchase-expired")


def shoot_allowance(open_window: Callable[..., BrowserContext], shoot: Shoot) -> None:
    mia = User.objects.get(username="desk")
    first, second = Purchase.objects.of_org(mia.membership.org_id).newest_first()[:2]
    allow(mia.membership.org, 3, reason="")
    reinstate_times(mia, first, reason=None)
    reinstate_times(mia, second, reason=None, times=3)
    reinstate_times(mia, second, times=2)
    reinstate_times(mia, second, reason="other")
    page = signed_in(open_window(java_script_enabled=False), "desk")
    page.locator(".desk tbody tr").nth(1).locator(".reinstate > .button").click()
    page.locator("#secret").wait_for()
    shoot(page, "approval-form-page")
    page = signed_in(open_window(), "desk")
    shoot(page, "desk-allowance")
    row = page.locator(".desk tbody tr").nth(1)
    row.locator("summary").click()
    shoot(page, "desk-allowance-reasons")
    page.wait_for_timeout(CLICK_GUARD)
    row.get_by_role("button", name="Late cancel forgiven").click()
    page.locator("#secret").wait_for()
    shoot(page, "desk-approval-form")
    page.locator("#secret").fill("not it")
    page.get_by_role("button", name="Confirm and reinstate").click()
    page.get_by_text("That is not the password").wait_for()
    shoot(page, "desk-approval-form-wrong")
    page.locator("#secret").fill(PASSWORD)
    page.locator("#secret").press("Enter")
    page.locator("#note .undo").wait_for()
    shoot(page, "desk-approval-form-approved")
    row.locator(".offer").click()
    shoot(page, "purchase-confirmed")


def shoot_refusals_and_errors(page: Page, shoot: Shoot) -> None:
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
    page.get_by_text("It is safe to try again.").wait_for()
    shoot(page, "desk-unconfirmed")
