"""The static files as production serves them: names with a hash, also in JavaScript's imports."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha384
from pathlib import Path

import pytest
from django.http import FileResponse
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import Settings

from tests.pages import LIST, html_of

IMPORT = re.compile(r"""^import .* from ["']\./([^"']+)["'];$""", re.MULTILINE)
HASHED = re.compile(r"\w+\.[0-9a-f]{12}\.js")


def test_every_import_names_a_hashed_file(collected: Path) -> None:
    """An unhashed name would load the module a second time, with a state of its own."""
    folder = collected / "static" / "studio"
    imports = {
        path.name: IMPORT.findall(path.read_text())
        for path in folder.glob("*.js")
        if HASHED.fullmatch(path.name)
    }

    assert len(imports) == 6
    names = {name for names in imports.values() for name in names}
    assert len(names) == 2, "keyboard.js and studio.js"
    assert {name for name in names if not HASHED.fullmatch(name)} == set()
    assert {name for name in names if not (folder / name).exists()} == set()


@pytest.fixture
def as_in_production(collected: Path) -> Iterator[None]:
    """Serve the collected files under their hashed names."""
    storages = {"staticfiles": {"BACKEND": "studio.static_files.HashedStaticFiles"}}
    with override_settings(
        STORAGES=storages, STATIC_ROOT=collected / "static", WHITENOISE_AUTOREFRESH=False
    ):
        yield


def content_of(url: str) -> bytes:
    response = Client().get(url)
    assert isinstance(response, FileResponse)
    return response.getvalue()


@pytest.mark.usefixtures("as_in_production")
@pytest.mark.parametrize(
    ("page", "count"),
    [(LIST, 4), (reverse("purchases:cancelled_class"), 4), (reverse("admin:index"), 1)],
)
def test_a_page_has_the_hash_of_each_of_our_scripts(desk: Client, page: str, count: int) -> None:
    """Without it, a browser would run a script that somebody changed on its way."""
    scripts = re.findall(
        r'<script[^>]* src="([^"]*)" integrity="sha384-([^"]*)"', html_of(desk.get(page))
    )

    assert len(scripts) == count
    for url, digest in scripts:
        assert b64encode(sha384(content_of(url)).digest()).decode() == digest


def test_there_are_no_hashes_while_files_change(desk: Client, settings: Settings) -> None:
    settings.DEBUG = True
    assert " integrity=" not in html_of(desk.get(LIST))
