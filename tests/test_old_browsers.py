"""Styles, scripts and templates use only features that each browser of docs/browsers.md has."""

import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "studio" / "static" / "studio"
TEMPLATES = settings.BASE_DIR / "templates"
FILES = [*STATIC.glob("*.css"), *STATIC.glob("*.js"), *TEMPLATES.rglob("*.html")]
COMMENTS = re.compile(r"/\*.*?\*/|^\s*//.*?$|{#.*?#}", re.DOTALL | re.MULTILINE)
# It calls the function only if the browser has it.
EXCEPTIONS = {"submit.js": r"requestSubmit"}

# Regular expressions of features, each with the first version of Safari that has the feature.
TOO_NEW = {
    ".css": {
        r"\blight-dark\(": "17.5",
        r"\bcolor-mix\(": "16.2",
        r"\b(oklch|oklab|rgb|hsl)\(from\b": "16.4",
        r"@container\b|\bcontainer(-type|-name)?:": "16.0",
        r"@property\b": "16.4",
        r"@scope\b": "17.4",
        r"@starting-style\b": "17.5",
        r"@media[^{]*[<>]": "16.4",
        r"^\s*&": "16.5",
        r":popover-open\b": "17.0",
        r":dir\(": "16.4",
        r":user-(in)?valid\b": "16.5",
        r"\btext-wrap:": "17.4",
        r"\bfield-sizing:": "26.2",
        r"\bcontent-visibility:": "18.0",
        r"\boverflow(-inline|-block)?:[^;]*\bclip\b": "16.0",
        r"\banchor(-name)?[:(]": "26.0",
        r"\bview-transition-name:": "18.0",
        r"(?<!-)\b(user-select|backdrop-filter):": "18.0",
        r"\d(rlh|rex|rcap|rch|ric)\b": "17.2",
    },
    ".js": {
        r"\bAbortSignal\.(timeout|any)\b": "16.0",
        r"\brequestSubmit\b": "16.0",
        r"\.(toSorted|toReversed|toSpliced)\(": "16.0",
        r"\b(Object|Map)\.groupBy\(": "17.4",
        r"\bPromise\.(withResolvers|try)\(": "17.4",
        r"\bArray\.fromAsync\(": "16.4",
        r"\bURL\.(canParse|parse)\(": "17.0",
        r"\.(keys|values|entries|matchAll)\([^()]*\)\.": "18.4",
        r"\.(union|intersection|difference|isSubsetOf)\(": "17.0",
        r"\(\?<[=!]": "16.4",
        r"^\s*static \{": "16.4",
        r"\.(show|hide|toggle)Popover\(": "17.0",
        r"\.startViewTransition\(": "18.0",
        r"\.checkVisibility\(": "17.4",
        r"\brequestIdleCallback\(": "none",
    },
    ".html": {
        r"\spopover(target)?\b": "17.0",
        r"<[^>]*\sinert\b": "15.5",
        r"<search\b": "17.0",
        r"\bcommandfor=": "26.2",
    },
}


def too_new(text: str, suffix: str) -> dict[str, str]:
    """Return the expressions that match the text without its comments."""
    code = COMMENTS.sub("", text)
    found = TOO_NEW[suffix].items()
    return {pattern: safari for pattern, safari in found if re.search(pattern, code, re.MULTILINE)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_styles_and_scripts_use_nothing_newer(path: Path) -> None:
    text = re.sub(EXCEPTIONS.get(path.name, "$^"), "", path.read_text())
    assert too_new(text, path.suffix) == {}


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".css", "a { color: light-dark(red, blue); }"),
        (".css", "@media (width < 40rem) {"),
        (".css", "a {\n  &:hover {"),
        (".css", "a { user-select: none; }"),
        (".js", "fetch(url, { signal: AbortSignal.timeout(5) });"),
        (".js", "/(?<=a)b/"),
        (".js", "names.values().map(upper)"),
        (".html", "<div id=menu popover>"),
        (".html", "<main inert>"),
    ],
)
def test_list_finds_a_new_feature(suffix: str, text: str) -> None:
    assert len(too_new(text, suffix)) == 1


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".css", "/* light-dark() */ a { -webkit-user-select: none; }"),
        (".css", "@media (max-width: 40rem) { a > b { clip-path: inset(0); } }"),
        (".js", "  // AbortSignal.timeout()"),
        (".html", "{# popover #} <p>inert</p>"),
    ],
)
def test_list_passes_other_texts(suffix: str, text: str) -> None:
    assert too_new(text, suffix) == {}


def test_each_custom_colour_has_a_value_for_both_schemes() -> None:
    """A colour of the light scheme would stay on the dark page."""
    css = (STATIC / "studio.css").read_text()
    light, dark = css.split("(prefers-color-scheme: dark)")
    tokens = r"^\s*(--[\w-]+): oklch\("

    names = re.findall(tokens, light, re.MULTILINE)
    assert "--raised" in names
    assert re.findall(tokens, dark, re.MULTILINE) == names
