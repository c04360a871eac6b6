"""The rules for new passwords, and the fields in which people type them."""

import re

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from studio.accounts.passwords import leaked_passwords
from studio.models import User
from tests.conftest import SignIn
from tests.pages import LIST, html_of
from tests.processes import ROOT

SIGN_IN = reverse("login")
LONG = "  Ä long password, " * 8


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kx7-pq2", "password_too_short"),
        ("password1", "password_too_common"),
        ("ghjcnjgfhjkm", "password_leaked"),
        ("Ghjcnjgfhjkm ", "password_leaked"),
        ("mia.lopez", "password_too_similar"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, code: str) -> None:
    user = User(username="mia.lopez")

    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)

    assert code in [error.code for error in refused.value.error_list]


@pytest.mark.parametrize(
    "password",
    ["pilates1234", "Reformer!2026", "2026 studio", "Northside99", "Northside-Pilates-7"],
)
def test_a_word_of_the_studio_is_refused(mia: User, password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, mia)

    assert "password_of_a_studio" in [error.code for error in refused.value.error_list]


def test_a_password_that_the_fields_of_the_desk_cannot_take_is_refused(mia: User) -> None:
    validate_password("kx7-pq2m " * 22, mia)
    with pytest.raises(ValidationError, match="must have at most 200 characters"):
        validate_password("kx7-pq2m " * 23, mia)


@pytest.mark.parametrize(
    "password", ["kx7-pq2m", "918273645500112", "all small letters", "ÄÖÜ ☂ 2718 ", "long " * 30]
)
def test_a_password_of_any_composition_is_accepted(password: str) -> None:
    validate_password(password, User(username="mia"))


@pytest.mark.parametrize(
    ("typed", "status"),
    [(LONG, 200), (LONG.strip(), 302), (LONG[:128], 302), (LONG.upper(), 302)],
    ids=["the same", "stripped", "shortened", "in capitals"],
)
def test_a_password_is_compared_exactly_as_it_was_typed(mia: User, typed: str, status: int) -> None:
    mia.set_password(LONG)
    mia.save()
    browser = Client()

    browser.post(SIGN_IN, {"username": "mia", "password": typed})

    assert browser.get(LIST).status_code == status


def test_passwords_are_masked_and_may_come_from_a_password_manager(
    mia: User, signed_in: SignIn
) -> None:
    pages = [
        html_of(Client().get(SIGN_IN)),
        html_of(signed_in(mia).get(reverse("admin:password_change"))),
    ]

    for page, number in zip(pages, [1, 2], strict=True):
        fields = re.findall(r'<input[^>]*type="password"[^>]*>', page)
        assert len(fields) == number
        for field in fields:
            assert re.search('autocomplete="(current|new)-password"', field)
        assert "onpaste" not in page


def test_change_of_a_password_names_the_user_and_not_the_old_password_to_a_password_manager(
    mia: User, signed_in: SignIn
) -> None:
    page = html_of(signed_in(mia).get(reverse("admin:password_change")))

    old, username = (
        re.search(rf'<input[^>]*name="{name}"[^>]*>', page) for name in ["old_password", "username"]
    )
    assert old
    assert username
    assert 'type="text"' in old[0]
    assert 'autocomplete="off"' in old[0]
    assert "required" in old[0]
    assert 'value="mia" autocomplete="username"' in username[0]


def test_password_field_of_a_template_is_for_signing_in_or_a_new_password() -> None:
    """Browsers fill any other password field with a saved password."""
    fields = [
        (path.name, field)
        for path in (ROOT / "templates").rglob("*.html")
        for field in re.findall(r'<input[^>]*type="password"[^>]*', path.read_text())
    ]

    assert "login.html" in [name for name, _ in fields]
    for name, field in fields:
        assert name == "login.html" or 'autocomplete="new-password"' in field


def test_two_lists_of_leaked_passwords_are_compared() -> None:
    """Both are long. Django takes its own from Have I Been Pwned."""
    common = CommonPasswordValidator().passwords
    long_enough = [
        {word for word in words if len(word) >= 8} for words in (common, leaked_passwords())
    ]

    assert len(long_enough[0]) > 8_000
    assert len(long_enough[0] | long_enough[1]) > 16_000
