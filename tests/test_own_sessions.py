"""The page "Where you are signed in", and the action of the admin that ends all sessions."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client, override_settings
from django.urls import reverse

from studio.accounts.browsers import browser_name
from studio.models import Session, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.pages import LIST, html_of, words_on
from tests.shared_desk.people import give_pin, take_over

PAGE = reverse("own_sessions")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def signed_in_with(user_agent: str, username: str = "mia") -> Client:
    browser = Client(headers={"User-Agent": user_agent})
    browser.post(reverse("login"), {"username": username, "password": PASSWORD})
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(LIST).status_code == 200


def lines_on(browser: Client) -> list[str]:
    """Return the sessions on the page, each as the text of its first words."""
    return re.findall(r"<b>(.*?)</b>", html_of(browser.get(PAGE)).split('"own-list"')[1])


def value_of(browser: Client, name: str) -> str:
    """Return the value of the button of a browser."""
    found = re.search(rf'<b>{name}</b>.*?value="(\w+)"', html_of(browser.get(PAGE)), re.S)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Linux"),
        (PHONE, "Safari, iPhone"),
        (CHROME + " Edg/126.0", "Edge, Linux"),
        ("curl/8.5", ""),
        ("<b>Firefox/1</b>\r\n", "Firefox"),
        ("", ""),
    ],
)
def test_a_browser_has_a_short_name(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def test_the_page_lists_the_sessions_of_the_person(mia: User, olivia: User) -> None:
    firefox, _, _ = (signed_in_with(agent) for agent in (FIREFOX, PHONE, "curl/8.5"))
    signed_in_with(CHROME, "olivia")

    assert lines_on(firefox)[0] == "Firefox, Windows"
    assert sorted(lines_on(firefox)) == ["Firefox, Windows", "Safari, iPhone", "Unknown browser"]
    assert words_on(firefox.get(PAGE)).count("this browser") == 1
    html = html_of(firefox.get(PAGE))
    assert not any(key in html for key in Session.objects.values_list("pk", flat=True))


def test_sign_out_there_ends_one_session(mia: User) -> None:
    here, there, third = (signed_in_with(agent) for agent in (FIREFOX, PHONE, CHROME))

    answer = here.post(PAGE, {"session": value_of(here, "Safari, iPhone")}, follow=True)

    assert "1 session ended." in words_on(answer)
    assert [is_signed_in(browser) for browser in (here, there, third)] == [True, False, True]


def test_sign_out_everywhere_else_keeps_this_session(mia: User) -> None:
    here, *others = (signed_in_with(agent) for agent in (FIREFOX, PHONE, CHROME))

    answer = here.post(PAGE, {"session": "others"}, follow=True)

    assert "2 sessions ended." in words_on(answer)
    assert is_signed_in(here)
    assert not any(map(is_signed_in, others))
    assert "Sign out everywhere else" not in words_on(here.get(PAGE))


def test_sessions_with_an_older_key_are_listed_and_end(mia: User) -> None:
    """They are valid until the older key is removed from the settings."""
    here, there = signed_in_with(FIREFOX), signed_in_with(PHONE)
    before = settings.SECRET_KEY
    with override_settings(SECRET_KEY="the-next-" + before, SECRET_KEY_FALLBACKS=[before]):
        assert lines_on(here) == ["Firefox, Windows", "Safari, iPhone"]
        here.post(PAGE, {"session": "others"})
        assert [is_signed_in(here), is_signed_in(there)] == [True, False]


def test_sign_out_here_ends_this_session(mia: User) -> None:
    here, there = signed_in_with(FIREFOX), signed_in_with(PHONE)

    answer = here.post(PAGE, {"session": value_of(here, "Firefox, Windows")})

    assert answer["Location"] == reverse("login")
    assert [is_signed_in(here), is_signed_in(there)] == [False, True]


@pytest.mark.parametrize("chosen", ["", "x", "of a colleague", "the key"])
def test_no_other_session_can_be_ended(mia: User, olivia: User, chosen: str) -> None:
    here, colleague = signed_in_with(FIREFOX), signed_in_with(CHROME, "olivia")
    if chosen == "of a colleague":
        chosen = value_of(colleague, "Chrome, Linux")
    elif chosen == "the key":
        chosen = colleague.cookies[settings.SESSION_COOKIE_NAME].value

    here.post(PAGE, {"session": chosen})

    assert [is_signed_in(here), is_signed_in(colleague)] == [True, True]


def test_a_session_with_a_former_password_is_not_listed(mia: User) -> None:
    signed_in_with(PHONE)
    mia.set_password("another-long-password")
    mia.save()
    here = Client(headers={"User-Agent": FIREFOX})
    here.force_login(mia)
    here.get(LIST)

    assert len(lines_on(here)) == 1


def test_a_changed_password_ends_the_other_sessions_at_once(mia: User) -> None:
    here, _ = signed_in_with(FIREFOX), signed_in_with(PHONE)
    new = "a-different-password-7"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post(reverse("admin:password_change"), form).status_code == 302
    assert Session.objects.count() == 1, "an open page would show changes until its next request"
    assert is_signed_in(here)


def test_a_pin_does_not_open_the_page(mia: User, olivia: User, desk: Client) -> None:
    for user in (mia, olivia):
        give_pin(user)
    for user in (olivia, mia):
        take_over(desk, user)
        for answer in (desk.get(PAGE), desk.post(PAGE, {"session": "others"})):
            assert answer.status_code == 403
            assert "This page asks for the password." in words_on(answer)
    take_over(desk, mia, PASSWORD)
    assert desk.get(PAGE).status_code == 200


# --- The admin ------------------------------------------------------------------------------------


def run_action(browser: Client, model: str, pk: int) -> None:
    chosen = {"action": "sign_out_everywhere", "_selected_action": [pk]}
    browser.post(reverse(f"admin:studio_{model}_changelist"), chosen)


def test_an_owner_signs_a_member_out_everywhere(mia: User, olivia: User, signed_in: SignIn) -> None:
    browsers, owner = [signed_in(mia), signed_in(mia)], signed_in(olivia)

    run_action(owner, "membership", mia.membership.pk)

    assert not any(map(is_signed_in, browsers))
    assert is_signed_in(owner)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (olivia, str(mia.membership.pk))
    assert entry.change_message == "Signed out everywhere."


def test_a_superuser_signs_a_user_out_everywhere(nora: User, mia: User, signed_in: SignIn) -> None:
    nora.is_superuser = True
    nora.save()
    browser, superuser = signed_in(mia), signed_in(nora)
    assert superuser.get(PAGE).status_code == 200

    run_action(superuser, "user", mia.pk)

    assert not is_signed_in(browser)
    assert LogEntry.objects.get().object_id == str(mia.pk)


@pytest.mark.parametrize("person", ["mia", "otto"])
def test_only_an_owner_of_the_studio_may(
    request: pytest.FixtureRequest, ada: User, signed_in: SignIn, person: str
) -> None:
    browser = signed_in(ada)
    run_action(signed_in(request.getfixturevalue(person)), "membership", ada.membership.pk)
    assert is_signed_in(browser)
    assert not LogEntry.objects.exists()
