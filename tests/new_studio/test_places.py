"""Countries, currencies and time zones, by name in the language of the page."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest
from django.conf import settings
from django.utils import translation

from studio import places
from studio.places import Usual


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("ES", Usual("Europe/Madrid", "eur", "es")),
        ("NZ", Usual("Pacific/Auckland", "nzd", "en")),
        ("GB", Usual("Europe/London", "gbp", "en")),
        ("AR", Usual("America/Argentina/Buenos_Aires", "ars", "es")),
        ("NA", Usual("Africa/Windhoek", "nad", "en")),
        # Several zones with many people: the person has to choose.
        ("AU", Usual("", "aud", "en")),
        ("US", Usual("", "usd", "en")),
        ("MX", Usual("", "mxn", "es")),
        ("XX", Usual()),
    ],
)
def test_a_country_has_its_usual_zone_currency_and_language(country: str, expected: Usual) -> None:
    assert places.usual(country) == expected


def test_what_is_usual_is_offered() -> None:
    zones, currencies = places.known_zones(), dict(places.currencies())
    for country in places.country_codes():
        usual = places.usual(country)
        assert usual.time_zone in ("", *zones), country
        assert usual.currency in currencies, country
        assert usual.language in ("", *dict(settings.LANGUAGES)), country


def test_main_zones_are_of_their_countries() -> None:
    for country, zone in places.MAIN_ZONES.items():
        assert zone in places.zones_of(country), country


def test_names_are_in_the_language_of_the_page_and_in_its_order() -> None:
    with translation.override("es"):
        names = [name for _, name in places.countries()]
        assert dict(places.countries())["DE"] == "Alemania"
        assert dict(places.currencies())["aud"] == "Dólar australiano (AUD)"
    # An accent does not move a letter: Islas Åland stand before Islas Bermudas, Ä before B.
    assert names.index("Afganistán") < names.index("Albania") < names.index("Alemania")
    with translation.override("en"):
        english = [name for _, name in places.countries()]
    assert english.index("Åland Islands") < english.index("Albania")


def test_zones_are_grouped_by_region_with_todays_offset() -> None:
    with translation.override("en"):
        groups = {str(label): dict(zones) for label, zones in places.zone_groups()}

    assert "Sydney (UTC+1" in groups["Australia"]["Australia/Sydney"]
    assert groups["Asia"]["Asia/Kolkata"] == "Kolkata (UTC+05:30)"
    assert groups["Other"] == {"UTC": "UTC (UTC+00:00)"}
    offered = {name for zones in groups.values() for name in zones}
    assert offered <= available_timezones()
    assert "US/Pacific" not in offered


def test_the_offset_is_that_of_the_day() -> None:
    winter, summer = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert places.offset("Australia/Sydney", winter) == "UTC+10:00"
    assert places.offset("Australia/Sydney", summer) == "UTC+11:00"
    assert places.offset("Mars/Base", summer) == "?"


def test_a_zone_of_another_machine_is_offered_too() -> None:
    _label, zones = places.zone_groups(also="US/Pacific")[-1]
    assert "US/Pacific" in dict(zones)


def test_without_zone_tab_the_zones_come_from_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_zone_tab", lambda: "")
    table = places._zone_table.__wrapped__()
    assert table["Australia/Sydney"] == ["AU"]
