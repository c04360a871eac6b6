"""Each catalogue has every text of the site, translated completely."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from html import unescape
from zoneinfo import ZoneInfo

import polib
import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from purchases.formatting import day, full
from purchases.models import Org
from studio.models import Policy
from tests.every_page import FRAGMENTS, PAGES, Site, site
from tests.pages import LIST, html_of
from tests.pseudo_locale import Page
from tests.purchase_kinds import PACKS, make_pack
from tests.test_every_text import CATALOGUES, TEMPLATES, data, given_back, pasted_names

__all__ = ["site"]  # a fixture

each_catalogue = pytest.mark.parametrize(
    "catalogue",
    [polib.pofile(str(path)) for path in CATALOGUES],
    ids=[path.parts[-3] for path in CATALOGUES],
)
# The context of a message (msgctxt), and its text (msgid).
Text = tuple[str | None, str]
NUMBERS = {"%(n)s", "%(number)s"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TAG = re.compile(r"</?\w[^>]*>")


# --- Completeness -----------------------------------------------------------------------------

# function: (index of the argument with the context, index of the argument with the text).
MARKS = {
    "_": (None, 0),
    "gettext": (None, 0),
    "gettext_lazy": (None, 0),
    "ngettext": (None, 0),
    "ngettext_lazy": (None, 0),
    "pgettext": (0, 1),
    "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
    "npgettext_lazy": (0, 1),
}


def marked_in(python: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(python)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id not in MARKS:
                continue
            context, text = MARKS[node.func.id]
            words = [str(part.value) for part in node.args if isinstance(part, ast.Constant)]
            yield (None if context is None else words[context]), words[text]


def marked_in_template(html: str) -> Iterator[Text]:
    """Yield the texts of the calls to gettext into which `templatize` turns the template tags."""
    literal = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    call = rf"(?<!\w)(_|n?p?gettext)\({literal}(?:, {literal})*(?:, ?count)?\)"
    for match in re.finditer(call, templatize(html)):
        yield from marked_in(match[0])


def texts_of_the_site() -> set[Text]:
    texts = {text for path in TEMPLATES for text in marked_in_template(path.read_text())}
    for folder in ("purchases", "studio"):
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            texts |= set(marked_in(path.read_text()))
    return texts


@each_catalogue
def test_each_text_of_the_site_is_in_the_catalogue(catalogue: polib.POFile) -> None:
    """Run `make messages` to add the texts that this test lists."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    unknown = sorted(text for _, text in texts_of_the_site() - known)
    assert not unknown, "\n".join(unknown)


@each_catalogue
def test_each_text_of_the_catalogue_is_translated(catalogue: polib.POFile) -> None:
    """Translate the texts that this test lists.

    A fuzzy text is a guess: check the translation and remove the mark.
    """
    lacking = [
        f"{'fuzzy: ' if entry.fuzzy else ''}{entry.msgid}"
        for entry in catalogue
        if entry.fuzzy or not entry.translated()
    ]
    assert not lacking, "\n".join(lacking)


@each_catalogue
def test_a_translation_has_the_placeholders_and_the_tags_of_its_text(
    catalogue: polib.POFile,
) -> None:
    wrong = [
        (text, translated)
        for entry in catalogue
        for text, translated in forms_of(entry)
        if placeholders(translated) != placeholders(text)
        or sorted(TAG.findall(translated)) != sorted(TAG.findall(text))
    ]
    assert wrong == []


def forms_of(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """Yield each translation with its text. That of one may leave the number out."""
    if entry.msgstr:
        yield entry.msgid, entry.msgstr
    for n, translated in entry.msgstr_plural.items():
        if n > 0:
            yield entry.msgid_plural, translated
        elif placeholders(translated) != placeholders(entry.msgid) - NUMBERS:
            yield entry.msgid, translated


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


@each_catalogue
def test_a_counted_text_has_each_form_of_its_language(catalogue: polib.POFile) -> None:
    header = re.search(r"nplurals=(\d)", catalogue.metadata["Plural-Forms"])
    assert header
    forms = list(range(int(header[1])))
    wrong = [
        entry.msgid
        for entry in catalogue
        if entry.msgid_plural and sorted(entry.msgstr_plural) != forms
    ]
    assert wrong == []


def test_the_check_finds_texts_marked_for_translation() -> None:
    html = """{% translate "One" %}{% translate "Two" context "sum" %}{{ x|default:_("Three") }}
    {% blocktranslate count n=x %}{{ n }} one's{% plural %}{{ n }}s{% endblocktranslate %}
    {% blocktranslate %}Four “4”{% endblocktranslate %}"""
    assert set(marked_in_template(html)) == {
        (None, "One"),
        ("sum", "Two"),
        (None, "Three"),
        (None, "%(n)s one's"),
        (None, "Four “4”"),
    }
    python = "a = _('A ' 'b'), pgettext('c', 'D'), ngettext('e', 'f', 3), other('g')"
    assert set(marked_in(python)) == {(None, "A b"), ("c", "D"), (None, "e")}


# --- A page in Spanish has no English ---------------------------------------------------------


def pieces(text: str) -> set[str]:
    """Return the pieces of text between placeholders, tags and punctuation."""
    plain = unescape(TAG.sub("|", PLACEHOLDER.sub("|", text)))
    stripped = {piece.strip(" .,:;()“”«»?¿\n") for piece in re.split(r"\|", plain)}
    return {piece for piece in stripped if re.search(r"[^\W\d_]{2}", piece)}


def is_in(piece: str, text: str) -> bool:
    # Most pieces are not in the text, and to look for a string is much faster than a pattern.
    return piece in text and re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None


def english_of(catalogue: polib.POFile) -> set[str]:
    """Return the English pieces that occur in no translation."""
    translations = "\n".join(
        PLACEHOLDER.sub("", text)
        for entry in catalogue
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
    )
    originals = {
        piece
        for entry in catalogue
        for text in (entry.msgid, entry.msgid_plural)
        for piece in pieces(text)
    }
    return {piece for piece in originals if not is_in(piece, translations)}


@cache
def english_of_the_site() -> set[str]:
    (spanish,) = (path for path in CATALOGUES if path.parts[-3] == "es")
    return english_of(polib.pofile(str(spanish)))


def english_on(html: str) -> list[str]:
    page = "\n".join(Page(html).outside)
    for known in sorted(data(), key=len, reverse=True):
        page = page.replace(known, "")
    return sorted(piece for piece in english_of_the_site() if is_in(piece, page))


@pytest.fixture
def spanish(northside: Org) -> Iterator[None]:
    """Set Spanish as the language of the org, and as the default for anonymous users."""
    Policy.objects.create(org=northside, language="es")
    with override_settings(LANGUAGE_CODE="es"):
        yield


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize("name", PAGES | FRAGMENTS)
def test_a_page_in_spanish_has_no_english(site: Site, name: str) -> None:
    status, load = (PAGES | FRAGMENTS)[name]
    page = load(site)

    assert page.status_code == status
    assert english_on(html_of(page)) == []


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize(
    "load",
    [lambda site: site.mia.get(reverse("purchases:cancelled_class")), pasted_names, given_back],
)
def test_a_cancelled_class_in_spanish_has_no_english(
    site: Site, load: Callable[[Site], HttpResponseBase]
) -> None:
    page = html_of(load(site))

    assert "Se canceló una clase" in page
    # The page repeats the pasted name.
    assert english_on(page.replace("Nobody At All", "")) == []


@pytest.mark.usefixtures("spanish")
def test_rows_of_every_kind_in_spanish_have_no_english(site: Site, northside: Org) -> None:
    for kind in PACKS:
        make_pack(org=northside, kind=kind)

    page = html_of(site.mia.get(LIST))

    assert "usadas" in page
    assert english_on(page) == []


@pytest.mark.django_db
def test_the_check_finds_english() -> None:
    html = '<p>Usar <b>3</b> of 10 used</p><button title="Sign out">Salir</button><p>3 compras</p>'
    assert english_on(html) == ["Sign out", "of", "used"]


# --- Counts and dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "en 0 días"), (1, "en 1 día"), (2, "en 2 días"), (1_000_000, "en 1000000 días")],
)
def test_a_count_in_spanish_has_the_right_plural_form(count: int, text: str) -> None:
    with translation.override("es"):
        days = translation.ngettext("in %(count)d day", "in %(count)d days", count)
    assert days % {"count": count} == text


def test_a_date_in_spanish_has_the_usual_format() -> None:
    instant = datetime(2025, 8, 4, 18, 0, tzinfo=ZoneInfo("UTC"))
    with translation.override("es"):
        assert day(instant) == "4 ago 2025"
        assert full(instant) == "lun 4 de agosto de 2025, 18:00"
