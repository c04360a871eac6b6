"""No secret and no name of a client reaches the log, and no text from outside forges a line."""

import logging

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import ResolverMatch, resolve, reverse

from purchases.models import Org
from studio import logs
from studio.accounts import security_log
from studio.models import User
from tests.allowances.limits import allow
from tests.approvals.approval import approve, owners_form
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import PASSWORD, make_client, make_purchase
from tests.pages import LIST, post_action
from tests.security_log.log import Kind, events, in_request
from tests.shared_desk.people import give_pin, take_over
from tests.test_logs import hostile_texts

MARKER = "M4rker-7331"
NEW = f"{MARKER}-as-a-new-password"
PIN = "73319482"
CLIENT = "Bernadette Quil"


def use_every_door(desk: Client, owner: Client, org: Org, olivia: User, otto: Client) -> None:
    """Type the marker as a name, password, PIN, note and search, wrong and right."""
    for username in ("mia", MARKER):
        Client().post(reverse("login"), {"username": username, "password": MARKER})
    desk.get(LIST, {"q": MARKER})
    take_over(desk, olivia, MARKER)
    take_over(desk, olivia, PIN[::-1])
    for password in (MARKER, PASSWORD):
        desk.post(reverse("own_pin"), {"password": password, "pin": PIN, "again": PIN})
    form = {"old_password": MARKER, "new_password1": NEW, "new_password2": NEW}
    for old in (MARKER, PASSWORD):
        desk.post(reverse("admin:password_change"), form | {"old_password": old})
    pack = make_purchase(org=org, client=make_client(org=org, name=CLIENT))
    post_action(desk, "use", pack, note=MARKER)
    allow(org, 0)
    approve(desk, pack, owners_form(desk, pack, note=MARKER), MARKER)
    for browser in (desk, otto):
        browser.get(f"/admin/purchases/client/{MARKER}/change/")
        browser.get(f"/admin/studio/user/{MARKER}/password/")
        browser.get(reverse("purchases:purchase_detail", args=[pack.pk]), {"next": MARKER})
    desk.post(reverse("own_sessions"), {"session": MARKER})
    owner.get(reverse("admin:studio_membership_changelist"), {MARKER: MARKER})
    desk.post(reverse("logout"), {"next": MARKER})


def test_no_secret_is_in_a_row_or_a_line(
    mia: User,
    olivia: User,
    otto: User,
    northside: Org,
    desk: Client,
    signed_in: SignIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    for user in (mia, olivia):
        give_pin(user, "84026135")
    use_every_door(desk, signed_in(olivia), northside, olivia, signed_in(otto))

    assert len({event.kind for event in events()}) >= 8
    table = str(rows("SELECT * FROM studio_security_event"))
    ours = [record for record in caplog.records if record.name.startswith("studio.")]
    assert len(ours) > len(events())
    written = [formatter.format(r) for formatter in (logs.OneLine(), logs.JsonLine()) for r in ours]
    for secret in (MARKER, PIN, PIN[::-1], PASSWORD, "84026135", CLIENT, "md5$"):
        assert secret not in table
        assert not [line for line in written if secret in line]


def hostile_request(text: str, match: ResolverMatch) -> HttpRequest:
    """Return the request of a signed-in person with the text in its header and its URL."""
    request = RequestFactory().get("/", headers={"X-Forwarded-For": text})
    request.user = User(pk=7)
    request.log_id = "1f2e3d4c"  # type: ignore[attr-defined]
    match.kwargs = {"purchase_id": text}
    request.resolver_match = match
    return request


@override_settings(TRUSTED_PROXIES=1)
def test_no_text_from_outside_forges_an_event(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """10,000 texts, each as a user name, an address and the id of a row."""
    monkeypatch.setattr(security_log, "_insert", lambda params: None)
    match = resolve(LIST)
    seen: set[str] = set()
    for text in hostile_texts():
        request = hostile_request(text, match)
        token = logs.current_request.set(request)
        try:
            security_log.record(Kind.SIGN_IN_FAILED, username=text)
            security_log.record_refused_page(request, Kind.NOT_ALLOWED)
        finally:
            logs.current_request.reset(token)
        assert len(caplog.records) == 2
        for record in caplog.records:
            for line in in_request(request, record):
                assert line.splitlines() == [line]
                assert line.isascii()
            digest = record.details.pop("name", "")  # type: ignore[attr-defined]
            assert len(digest) in (0, 64)
            seen.add(str(record.details))  # type: ignore[attr-defined]
        caplog.clear()
    place = "'member': 7, 'door': 'desk', 'address': '127.0.0.1'"
    assert seen == {f"{{{place}}}", f"{{{place}, 'detail': 'purchases:purchase_list'}}"}
