"""Every text that a person sees can be translated."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4
from zoneinfo import available_timezones

import polib
import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.template.base import Lexer, Token, TokenType
from django.urls import reverse

from purchases.models import Client as StudioClient
from purchases.models import ClientEvent, ExpiryEvent, Import, Org, PurchaseEvent, SessionEvent
from purchases.seals import line_number
from studio import places
from studio.models import Passkey, User
from tests.conftest import SignIn
from tests.every_page import FRAGMENTS, PAGES, Site, site
from tests.imports.planned import rows_of
from tests.pages import LIST, html_of
from tests.pseudo_locale import (
    TAGS_WITHOUT_TEXT,
    TEXT_ATTRIBUTES,
    activate_pseudo_locale,
    untranslated_texts,
)
from tests.purchase_kinds import PACKS, make_pack

__all__ = ["site"]  # a fixture

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
CATALOGUES = sorted((settings.BASE_DIR / "studio" / "locale").rglob("*.po"))
# The name of the site.
NAMES = {"Studio"}
# Attributes that a template block adds within a tag.
ATTRIBUTES = {'aria-current="page"', 'aria-current="true"', 'translate="no"'}


# --- Templates, as source ---------------------------------------------------------------------


class TemplateTexts(HTMLParser):
    """Collects the texts of a template, and of the attributes that a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.without_text = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.without_text = tag in TAGS_WITHOUT_TEXT
        self.texts += [value or "" for name, value in attrs if name in TEXT_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.without_text = False

    def handle_data(self, data: str) -> None:
        if not self.without_text:
            self.texts.append(data)


def unmarked(template: str) -> list[str]:
    """Return the texts and defaults of a template that no translation tag marks."""
    kept, defaults, inside = [], [], False
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.TEXT and not inside:
            kept.append(token.contents)
        elif token.token_type == TokenType.BLOCK:
            word = token.split_contents()[0]
            inside = word in {"blocktranslate", "plural"} or (inside and word[:3] != "end")
        defaults += plain_defaults(token)
    texts = TemplateTexts("".join(kept)).texts
    return [
        text.strip() for text in texts if re.search(r"[^\W\d_]", without_names(text))
    ] + defaults


def plain_defaults(token: Token) -> list[str]:
    if token.token_type not in (TokenType.VAR, TokenType.BLOCK):
        return []
    defaults = re.findall(r"\|default(?:_if_none)?:([\"'])(.*?)\1", token.contents)
    texts = [text for _, text in defaults if " " in text or text[:1].isupper()]
    return [text for text in texts if text not in NAMES]


def without_names(text: str) -> str:
    for name in NAMES | ATTRIBUTES:
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_text_of_a_template_is_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    ("template", "left_out"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ('<p title="Sign in">{{ name }}</p>', ["Sign in"]),
        ('{{ reason|default:"No reason given" }}', ["No reason given"]),
        ("{% if x %}yes{% else %}{% translate 'no' %}{% endif %}", ["yes"]),
        ("{% blocktranslate count n=x %}one{% plural %}many{% endblocktranslate %} left", ["left"]),
        ("<p>{% translate 'Sign in' %} · {{ n }} – Studio</p><script>const word</script>", []),
    ],
)
def test_the_check_of_templates_finds_unmarked_texts(template: str, left_out: list[str]) -> None:
    assert unmarked(template) == left_out


# --- Pages, as rendered ------------------------------------------------------------------------


@pytest.fixture
def pseudo_locale(site: Site) -> Iterator[None]:
    """Activate the pseudo-locale after the site's rows were created untranslated."""
    with pytest.MonkeyPatch.context() as patch:
        activate_pseudo_locale(patch)
        yield


def data() -> set[str]:
    """Return the data of the test rows, and names that are equal in every language."""
    people = {"mia", "Mia", "ada", "Ada", "nora", "Nora", "olivia", "Olivia", "Ana Ruiz"}
    for user in User.objects.all():
        people |= {user.username, user.first_name}
    studios = {*Org.objects.values_list("name", flat=True), "northside-pilates", "10-class pack"}
    passkeys = set(Passkey.objects.values_list("name", flat=True))
    clients = set(StudioClient.objects.values_list("full_name", flat=True))
    clients |= {name or "" for name in ClientEvent.objects.values_list("full_name", flat=True)}
    languages = {name for _, name in settings.LANGUAGES}
    lines = {
        line_number(event)
        for ledger in (SessionEvent, ExpiryEvent, PurchaseEvent)
        for event in ledger._default_manager.all()
    }
    imported = set(Import.objects.values_list("file_name", flat=True))
    cells = {cell for name in imported for row in rows_of(name) for cell in row}
    return (
        NAMES
        | imported
        | cells
        | lines
        | people
        | studios
        | clients
        | passkeys
        | languages
        | set(available_timezones())
        | places_by_name()
        | {"AUD"}
    )


def places_by_name() -> set[str]:
    """Return the names of countries, currencies and time zones, which Babel translates."""
    zones = [zone for _region, of_region in places.zone_groups() for zone in of_region]
    return {name for _, name in [*places.countries(), *places.currencies(), *zones]}


@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize("name", PAGES | FRAGMENTS)
def test_every_text_of_a_page_can_be_translated(site: Site, name: str) -> None:
    status, load = (PAGES | FRAGMENTS)[name]
    answer = load(site)

    assert answer.status_code == status
    assert "⟦" in html_of(answer)
    assert untranslated_texts(html_of(answer), data=data()) == []


@pytest.mark.usefixtures("pseudo_locale")
def test_every_text_of_every_kind_of_row_can_be_translated(site: Site, northside: Org) -> None:
    for kind in PACKS:
        make_pack(org=northside, kind=kind)

    page = html_of(site.mia.get(LIST))

    assert "more used than bought" in page
    assert untranslated_texts(page, data=data()) == []


def pasted_names(site: Site) -> HttpResponseBase:
    names = "Ana Ruiz\nNobody At All\nfresh"
    return site.mia.post(reverse("purchases:cancelled_class"), {"pasted": names, "q": "expired"})


def given_back(site: Site) -> HttpResponseBase:
    form = {"purchase": [site.pack.pk, site.expired.pk], "reason": "class_cancelled"}
    url = reverse("purchases:reinstate_all", args=[uuid4()])
    return site.mia.post(url, form, follow=True)


@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize("load", [pasted_names, given_back])
def test_every_text_of_a_cancelled_class_can_be_translated(
    site: Site, load: Callable[[Site], HttpResponseBase]
) -> None:
    page = load(site)

    assert page.status_code == 200
    known = data() | {"Nobody At All"}
    assert untranslated_texts(html_of(page), data=known) == []


@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "purchases/client/",
        "purchases/client/add/",
        "purchases/offer/",
        "purchases/offer/add/",
        "purchases/org/",
        "purchases/purchase/",
        "purchases/purchase/add/",
        "purchases/purchase/{pack}/change/",
        "purchases/sessionevent/",
        "purchases/purchaseevent/",
        "studio/membership/",
        "studio/securityevent/",
        "studio/policy/",
        "studio/policy/add/",
    ],
)
def test_every_text_of_the_admin_can_be_translated(
    site: Site, olivia: User, signed_in: SignIn, path: str
) -> None:
    page = signed_in(olivia).get(f"/admin/{path.format(pack=site.pack.pk)}")

    assert page.status_code == 200
    # Values of other programs, the database role, and the alt texts of Django's icons, which Django
    # does not translate.
    known = data() | {"aud", "active", "postgres", "True", "False", "Search"}
    assert untranslated_texts(html_of(page), data=known) == []


def test_the_check_of_pages_finds_untranslated_texts() -> None:
    html = (
        '<p title="⟦Yes⟧">⟦At <b>the</b> desk: ⟦Mia⟧⟧ 3 <i>No</i> Ana</p><input placeholder="Why">'
    )
    assert untranslated_texts(html, data={"Ana"}) == ["No", "Why"]


# --- The catalogues ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_mo_file_equals_the_po_file(path: Path) -> None:
    """`make messages` compiles .po to .mo. Both are committed, so running needs no gettext."""
    written = {
        (entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural)
        for entry in polib.pofile(str(path))
        if entry.translated()
    }
    read = {
        (entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural)
        for entry in polib.mofile(str(path.with_suffix(".mo")))
    }
    assert read == written


def test_each_language_but_english_has_a_catalogue() -> None:
    assert [path.parts[-3] for path in CATALOGUES] == [
        code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE
    ]
