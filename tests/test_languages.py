"""Language and time zone of a page.

The org's policy decides. Its defaults are the browser's language and the site's time zone.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from purchases import queries
from purchases.formatting import day, full, number
from purchases.models import Org
from studio.models import Membership, Policy, User
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.pages import LIST, html_of, place_at, rows_on, the_row_on

SIGN_IN = reverse("login")
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.1"}
HEBREW = {"Accept-Language": "he"}
# Hebrew is written from right to left; German formats 12000 as 12.000.
MORE_LANGUAGES = [*settings.LANGUAGES, ("he", "עברית"), ("de", "Deutsch")]


def language_of(response: HttpResponseBase) -> str:
    """Return the language and direction of the page, which its header must repeat."""
    html = re.search(r'<html lang="([^"]*)" dir="([^"]*)">', html_of(response))
    assert html
    assert html[1] == response["Content-Language"]
    return f"{html[1]} {html[2]}"


# --- Which language ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_anonymous_user_gets_the_language_of_the_browser() -> None:
    assert language_of(Client().get(SIGN_IN)) == "en ltr"
    assert language_of(Client().get(SIGN_IN, headers=SPANISH)) == "es ltr"
    unknown = {"Accept-Language": "xx,tlh;q=0.5"}
    assert language_of(Client().get(SIGN_IN, headers=unknown)) == "en ltr"


def test_an_org_without_a_language_uses_that_of_the_browser(desk: Client, northside: Org) -> None:
    assert language_of(desk.get(LIST, headers=SPANISH)) == "es ltr"
    Policy.objects.create(org=northside)
    assert language_of(desk.get(LIST, headers=SPANISH)) == "es ltr"
    assert language_of(desk.get(LIST)) == "en ltr"


def test_the_language_of_the_org_overrides_that_of_the_browser(
    desk: Client, northside: Org, otto: User, signed_in: SignIn
) -> None:
    Policy.objects.create(org=northside, language="es")

    assert language_of(desk.get(LIST)) == "es ltr"
    assert language_of(signed_in(otto).get(LIST)) == "en ltr", (
        "the language does not leak into the next request"
    )
    assert language_of(desk.get(LIST, {"after": "x"})) == "es ltr", "errors have the same language"


@pytest.mark.parametrize("chosen", ["", "es"])
def test_vary_names_accept_language_only_if_the_browser_decides(
    desk: Client, northside: Org, chosen: str
) -> None:
    Policy.objects.create(org=northside, language=chosen)

    varies = desk.get(LIST)["Vary"]
    assert ("Accept-Language" in varies) == (chosen == "")
    assert "HX-Request" in varies
    assert "Accept-Language" in Client().get(SIGN_IN)["Vary"]


@override_settings(LANGUAGES=MORE_LANGUAGES)
def test_a_page_in_hebrew_is_marked_as_right_to_left(desk: Client, northside: Org) -> None:
    make_purchase(org=northside)

    page = desk.get(LIST, headers=HEBREW)

    assert language_of(page) == "he rtl"
    assert re.search(r'<a class="client"[^>]* dir="auto"[^>]*>Ana Ruiz</a>', html_of(page))
    assert '<bdi translate="no">10-class pack</bdi>' in html_of(page)
    assert language_of(Client().get("/no/such/page/", headers=HEBREW)) == "he rtl"


# --- State of the worker ----------------------------------------------------------------------


@pytest.mark.parametrize("fails", [False, True])
def test_language_and_time_zone_are_reset_after_each_request(
    desk: Client, northside: Org, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    Policy.objects.create(org=northside, language="es", time_zone="Pacific/Auckland")
    active = []

    def record_page(**arguments: object) -> queries.Page:
        active.append((translation.get_language(), timezone.get_current_timezone_name()))
        if fails:
            raise RuntimeError("raised by the test")
        return queries.Page([], None)

    monkeypatch.setattr(queries, "desk_page", record_page)
    desk.raise_request_exception = False
    answer = desk.get(LIST)

    assert answer.status_code == (500 if fails else 200)
    assert active == [("es", "Pacific/Auckland")]
    assert translation.get_language() == "en"
    assert timezone.get_current_timezone() == timezone.get_default_timezone()
    assert language_of(Client().get(SIGN_IN)) == "en ltr"


# --- What an owner chooses --------------------------------------------------------------------


@pytest.mark.parametrize("error", ["no such page", "no token"])
def test_an_error_before_the_view_uses_the_language_of_the_org(
    northside: Org, mia: User, error: str
) -> None:
    Policy.objects.create(org=northside, language="es")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)
    answer = browser.get("/nope/") if error == "no such page" else browser.post(LIST)
    assert answer.status_code == (404 if error == "no such page" else 403)
    assert answer["Content-Language"] == "es"
    assert northside.name in html_of(answer)


def test_an_owner_chooses_language_and_time_zone_from_lists(
    northside: Org, olivia: User, signed_in: SignIn
) -> None:
    owner = signed_in(olivia)
    add = "/admin/studio/policy/add/"
    form = html_of(owner.get(add))
    assert '<option value="Pacific/Auckland">' in form
    assert '<option value="UTC" selected>' in form
    assert '<option value="es">Español</option>' in form

    assert owner.post(add, {"time_zone": "Pacific/Auckland", "language": "es"}).status_code == 302
    policy = Policy.objects.get()
    assert (policy.time_zone, policy.language) == ("Pacific/Auckland", "es")


@pytest.mark.parametrize(
    "choice",
    [{"time_zone": "Mars/Olympus"}, {"time_zone": ""}, {"time_zone": "UTC", "language": "xx"}],
)
def test_an_unknown_language_or_time_zone_is_refused(
    northside: Org, olivia: User, signed_in: SignIn, choice: dict[str, str]
) -> None:
    assert signed_in(olivia).post("/admin/studio/policy/add/", choice).status_code == 200
    assert not Policy.objects.exists()


@pytest.mark.parametrize("time_zone", ["Mars/Olympus", "localtime"])
def test_a_time_zone_that_is_no_longer_offered_stays_until_another_is_chosen(
    northside: Org, olivia: User, signed_in: SignIn, time_zone: str
) -> None:
    policy = Policy.objects.create(org=northside, time_zone=time_zone)
    owner, url = signed_in(olivia), f"/admin/studio/policy/{policy.pk}/change/"
    assert f'<option value="{time_zone}" selected>' in html_of(owner.get(url))

    owner.post(url, {"time_zone": time_zone, "language": "es"})
    policy.refresh_from_db()
    assert (policy.time_zone, policy.language) == (time_zone, "es")

    owner.post(url, {"time_zone": "Europe/Madrid", "language": "es"})
    policy.refresh_from_db()
    assert policy.time_zone == "Europe/Madrid"
    assert time_zone not in html_of(owner.get(url))


@pytest.mark.parametrize("time_zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_in_the_database_falls_back_to_the_default(
    desk: Client, northside: Org, mia: User, time_zone: str
) -> None:
    Policy.objects.create(org=northside, time_zone=time_zone)

    assert desk.get(LIST).status_code == 200
    assert Membership.objects.get(user=mia).time_zone == ZoneInfo("UTC")


# --- Dates and numbers ------------------------------------------------------------------------


def test_numbers_are_formatted_in_the_language() -> None:
    numbers = {}
    for language in ("en", "es", "de", "he"):
        with translation.override(language):
            numbers[language] = [number(999), number(12000), number(None)]
    assert numbers == {
        "en": ["999", "12,000", "–"],
        "es": ["999", "12\xa0000", "–"],
        "de": ["999", "12.000", "–"],
        "he": ["999", "12000", "–"],
    }


def test_months_are_named_in_the_language() -> None:
    instant = datetime(2025, 8, 4, 18, 0, tzinfo=ZoneInfo("UTC"))
    with translation.override("de"):
        assert day(instant) == "4 Aug 2025"
        assert full(instant) == "Mo 4 August 2025, 18:00"


@override_settings(LANGUAGES=MORE_LANGUAGES)
@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_values_for_scripts_do_not_depend_on_the_language(
    desk: Client, northside: Org, language: str
) -> None:
    pack = make_purchase(org=northside, total=12000, used=1500)
    Policy.objects.create(org=northside, language=language)

    row = the_row_on(desk.get(LIST))

    assert (row.used, row.total) == ("1500", "12000")
    assert '<meter min="0" max="12000" low="2400" optimum="12000" value="10500"' in row.html
    with translation.override(language):
        assert number(10500) in row.html
        assert number(1500) in row.html
    history = html_of(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))
    assert re.findall(r'id="event-(\d+)"', history)
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT', history)


def test_a_pagination_link_does_not_depend_on_language_or_time_zone(
    desk: Client, northside: Org
) -> None:
    Policy.objects.create(org=northside, language="es", time_zone="Pacific/Auckland")
    now = timezone.now()
    older, newer = (
        make_purchase(org=northside, purchased_at=now - age)
        for age in (timedelta(hours=2), timedelta(hours=1))
    )
    place = place_at(newer.purchased_at, newer.pk)

    (row,) = rows_on(desk.get(LIST, {"after": str(place)}))
    assert row.purchase_id == older.pk
