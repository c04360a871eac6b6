"""The static files as production serves them: names with a hash, also in JavaScript's imports."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha384
from pathlib import Path

import pytest
from django.conf import settings
from django.http import FileResponse
from django.templatetags.static import static
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import Settings

from studio.models import User
from studio.security_headers import HEADERS, NOTHING_ALLOWED
from tests.conftest import SignIn
from tests.pages import LIST, html_of

IMPORT = re.compile(r"""^(?:import|\}) .*from ["']\./([^"']+)["'];$""", re.MULTILINE)
HASHED = re.compile(r"\w+\.[0-9a-f]{12}\.js")


def test_every_import_names_a_hashed_file(collected: Path) -> None:
    """An unhashed name would load the module a second time, with a state of its own."""
    folder = collected / "static" / "studio"
    imports = {
        path.name: IMPORT.findall(path.read_text())
        for path in folder.glob("*.js")
        if HASHED.fullmatch(path.name)
    }

    scripts = [*(settings.BASE_DIR / "studio" / "static" / "studio").glob("*.js")]
    assert len(imports) == len(scripts)
    names = {name for names in imports.values() for name in names}
    imported = {name for path in scripts for name in IMPORT.findall(path.read_text())}
    assert {name.split(".")[0] for name in names} == {name.split(".")[0] for name in imported}
    assert "live_rows.js" in imported, "an import of several lines"
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
@pytest.mark.parametrize("name", ["studio/keyboard.js", "studio/studio.css", "studio/icon.svg"])
def test_a_static_file_has_the_security_headers(name: str) -> None:
    response = Client().get(static(name))

    assert isinstance(response, FileResponse)
    assert response.getvalue() != b""
    assert response["Content-Security-Policy"] == NOTHING_ALLOWED
    for header, value in HEADERS.items():
        assert response[header] == value
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.usefixtures("as_in_production")
@pytest.mark.parametrize(
    "page", [LIST, reverse("purchases:cancelled_class"), reverse("admin:index"), reverse("login")]
)
def test_a_page_has_the_hash_of_each_of_our_scripts(
    signed_in: SignIn, mia: User, page: str
) -> None:
    """Without it, a browser would run a script that somebody changed on its way."""
    browser = Client() if page == reverse("login") else signed_in(mia)
    tags = re.findall(r"<script[^>]* src=[^>]*>", html_of(browser.get(page)))
    source = r'src="([^"]*)"(?: integrity="sha384-([^"]*)")?'
    hashes: dict[str, str] = dict(re.findall(source, "".join(tags)))

    assert any(hashes.values())
    for url, digest in hashes.items():
        if digest:
            assert b64encode(sha384(content_of(url)).digest()).decode() == digest
        else:
            assert url.startswith("/static/admin/"), "Django's templates name these scripts"


def test_there_are_no_hashes_while_files_change(desk: Client, settings: Settings) -> None:
    settings.DEBUG = True
    assert " integrity=" not in html_of(desk.get(LIST))
