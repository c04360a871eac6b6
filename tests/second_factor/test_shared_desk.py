"""At a shared desk, a password alone opens nothing that needs the second factor."""

import pytest
from django.urls import reverse

from studio.models import Totp, User
from tests.factories import PASSWORD
from tests.pages import words_on
from tests.second_factor.people import OWN, code, give_app, password_typed, send_code
from tests.second_factor.test_pages import REMOVE_APP
from tests.shared_desk.people import LOCK, current_member_name, give_pin, take_over


@pytest.mark.parametrize("was_locked", [True, False])
def test_the_password_at_the_desk_does_not_replace_the_second_factor(
    mia: User, olivia: User, was_locked: bool
) -> None:
    """Mia knows Olivia's password, at a computer where Olivia signed in with both."""
    give_pin(mia)
    give_app(olivia)
    browser = password_typed(olivia)
    send_code(browser, code())
    closed = [reverse("admin:index"), reverse("admin:password_change"), reverse("own_sessions")]
    assert [browser.get(page).status_code for page in closed] == [200, 200, 200]
    if was_locked:
        browser.post(LOCK)
    else:
        take_over(browser, mia)

    take_over(browser, olivia, PASSWORD)

    assert current_member_name(browser) == "Olivia"
    for page in [*closed, OWN, REMOVE_APP]:
        answer = browser.get(page)
        assert answer.status_code == 403, page
        assert "asks for the second factor." in words_on(answer)
    browser.post(reverse("logout"))
    password_typed(olivia, browser)
    send_code(browser, give_code_after(olivia))
    assert browser.get(OWN).status_code == 200


def give_code_after(user: User) -> str:
    """Return a code that is right, although the current one was used."""
    Totp.objects.filter(user=user).update(last_counter=0)
    return code()
