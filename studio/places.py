"""Countries, currencies and time zones for the forms of a studio, and what is usual in a country.

Names and currencies come from Babel (Unicode CLDR). Zones come from `zone.tab`, which belongs to
every IANA time zone database: it has no older names such as `US/Pacific`.
"""

import unicodedata
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[str, str]]
# Groups of choices, as Django renders them: a label, and the choices below it.
Groups = list[tuple[str | Promise, Choices]]

REGIONS: dict[str, Promise] = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}
# The zone of most people, in countries whose other zones are those of islands or small areas.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}
# The own currency of countries in which a neighbour's currency is valid too.
OWN_CURRENCIES = {"BT": "BTN", "LS": "LSL", "NA": "NAD"}
# Other codes of the CLDR than those of countries.
NO_COUNTRIES = {"001", "AQ", "ZZ"}


@dataclass(frozen=True)
class Usual:
    """The usual values of a country. An empty text means that the person has to choose."""

    time_zone: str = ""
    currency: str = ""
    language: str = ""


def countries() -> Choices:
    """Return the countries by name, in the current language."""
    names = _locale().territories
    return _by_name((code, names[code]) for code in country_codes() if code in names)


@cache
def country_codes() -> frozenset[str]:
    return frozenset(get_global("zone_territories").values()) - NO_COUNTRIES


def currencies() -> Choices:
    """Return the currencies that a country uses today by name, as in "Euro (EUR)"."""
    names = _locale().currencies
    labels = {code: names.get(code, code) for code in currency_codes()}
    return _by_name(
        (code.lower(), f"{name[:1].upper()}{name[1:]} ({code})") for code, name in labels.items()
    )


@cache
def currency_codes() -> frozenset[str]:
    used = (get_territory_currencies(country) for country in country_codes())
    return frozenset(code for codes in used for code in codes)


@cache
def usual(country: str) -> Usual:
    """Return the time zone, the currency and the language of the site that a country uses."""
    if country not in country_codes():
        return Usual()
    of_country = zones_of(country)
    zone = of_country[0] if len(of_country) == 1 else MAIN_ZONES.get(country, "")
    used = get_territory_currencies(country)
    currency = OWN_CURRENCIES.get(country) or (used[0] if used else "")
    spoken = get_global("territory_languages").get(country, {})
    ours = [code for code, _name in settings.LANGUAGES]
    shares = {code: spoken.get(code, {}).get("population_percent", 0) for code in ours}
    language = max(ours, key=lambda code: shares[code])
    return Usual(
        time_zone=zone if zone in known_zones() else "",
        currency=currency.lower(),
        language=language if shares[language] else "",
    )


# --- Time zones -----------------------------------------------------------------------------------


def zone_groups(*, also: str = "") -> Groups:
    """Return the time zones by region and place, as in "Sydney (UTC+11:00)", with today's offset.

    `also` is a zone that is offered even if it is not in the list.
    """
    places, today = _locale().time_zones, datetime.now(UTC)
    aliases = get_global("zone_aliases")
    groups: dict[str, Choices] = {region: [] for region in REGIONS}
    for name in known_zones():
        region, _slash, rest = name.partition("/")
        known = places.get(name) or places.get(aliases.get(name, "")) or {}
        place = known.get("city") or rest.replace("_", " ").replace("/", ", ")
        groups.setdefault(region, []).append((name, f"{place} ({offset(name, today)})"))
    other = [(name, f"{name} ({offset(name, today)})") for name in dict.fromkeys(["UTC", also])]
    listed = set(known_zones())
    return [
        *((REGIONS.get(region, region), _by_name(zones)) for region, zones in groups.items()),
        (_("Other"), [choice for choice in other if choice[0] and choice[0] not in listed]),
    ]


def offset(name: str, time: datetime) -> str:
    """Return the offset of a zone from UTC at a time, as in "UTC+09:30"."""
    try:
        zone = ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return "?"
    text = time.astimezone(zone).strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"


@cache
def zones_of(country: str) -> list[str]:
    return [name for name, codes in _zone_table().items() if country in codes]


@cache
def known_zones() -> tuple[str, ...]:
    """Return the zones of the table that this machine has."""
    available = zoneinfo.available_timezones()
    return tuple(name for name in _zone_table() if name in available)


@cache
def _zone_table() -> dict[str, list[str]]:
    """Return the countries of each zone, from zone.tab, or else from Babel."""
    table = {}
    for line in _zone_tab().splitlines():
        if line and not line.startswith("#"):
            country, _coordinates, name = line.split("\t")[:3]
            table[name] = [country]
    if table:
        return table
    named = get_global("zone_territories").items()
    return {name: [country] for name, country in sorted(named) if "/" in name}


def _zone_tab() -> str:
    for folder in zoneinfo.TZPATH:
        if (file := Path(folder) / "zone.tab").exists():
            return file.read_text()
    try:
        return (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


# --- Languages ------------------------------------------------------------------------------------


def _locale() -> Locale:
    """Return the data of the current language, or of English for a language without any."""
    try:
        return Locale.parse(get_language() or "en", sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _by_name(choices: Iterable[tuple[str, str]]) -> Choices:
    """Sort choices by their labels. An accent does not move a letter."""

    def key(choice: tuple[str, str]) -> str:
        letters = unicodedata.normalize("NFKD", choice[1].casefold())
        return "".join(letter for letter in letters if not unicodedata.combining(letter))

    return sorted(choices, key=key)
