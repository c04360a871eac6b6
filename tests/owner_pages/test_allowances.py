"""The allowances and the shared desk on the page *Studio*."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import User
from tests.factories import make_org, make_user
from tests.owner_pages.settings import (
    PAGE,
    details,
    loaded_on,
    owner,
    policy,
    save_limits,
)
from tests.pages import html_of, words_on
from tests.shared_desk.people import give_pin

__all__ = ["owner", "policy"]  # fixtures


def limits_of(org: Org) -> dict[str, tuple[int, int]]:
    return {row.reason: (row.sessions, row.days) for row in org.allowances.all()}


def test_allowances_are_added_changed_and_removed(owner: Client, northside: Org) -> None:
    assert save_limits(owner, late="2/30", none="0/").status_code == 302
    assert limits_of(northside) == {"late_cancel_forgiven": (2, 30), "": (0, 30)}

    save_limits(owner, late="3/60", mistake="1/7")

    assert limits_of(northside) == {
        "late_cancel_forgiven": (3, 60),
        "checked_in_by_mistake": (1, 7),
    }
    assert details() == [
        "allowance: none to 0 in 30 days",
        "allowance:late_cancel_forgiven none to 2 in 30 days",
        "allowance: 0 in 30 days to none",
        "allowance:late_cancel_forgiven 2 in 30 days to 3 in 60 days",
        "allowance:checked_in_by_mistake none to 1 in 7 days",
    ]
    assert 'name="sessions-late_cancel_forgiven" value="3"' in html_of(owner.get(PAGE))


@pytest.mark.parametrize("limit", ["-1/30", "1001/30", "2/0", "2/3651", "x/30", "2/y"])
def test_a_refused_allowance_changes_nothing(owner: Client, northside: Org, limit: str) -> None:
    answer = save_limits(owner, late=limit, mistake="1/7")

    assert answer.status_code == 400
    assert 'role="alert"' in html_of(answer)
    assert limits_of(northside) == {}


def test_stale_allowances_are_told_and_lose_nothing(owner: Client, northside: Org) -> None:
    stale = loaded_on(owner.get(PAGE), 1)
    save_limits(owner, late="2/30")

    answer = save_limits(owner, stale, mistake="1/7")

    assert answer.status_code == 409
    assert "somebody else has changed the allowances" in words_on(answer)
    assert limits_of(northside) == {"late_cancel_forgiven": (2, 30)}
    html = html_of(answer)
    assert 'name="sessions-checked_in_by_mistake" value="1"' in html
    assert 'name="sessions-late_cancel_forgiven" value="2"' in html
    assert save_limits(owner, loaded_on(answer, 1), late="2/30", mistake="1/7").status_code == 302
    assert len(limits_of(northside)) == 2


def test_a_reason_of_another_version_is_kept(owner: Client, northside: Org) -> None:
    northside.allowances.create(reason="weather", sessions=1, days=30)
    loaded = loaded_on(owner.get(PAGE), 1)
    assert json.loads(loaded) == {"weather": [1, 30]}
    fields = {"part": "allowances", "loaded": loaded}
    fields |= {"sessions-weather": "1", "days-weather": "30"}

    assert owner.post(PAGE, fields).status_code == 302
    assert limits_of(northside) == {"weather": (1, 30)}


# --- The shared desk ------------------------------------------------------------------------------


def test_the_page_says_who_has_a_pin_and_sets_up_this_computer(
    owner: Client, olivia: User, mia: User, ada: User
) -> None:
    make_user(username="zoe", org=make_org(name="Elsewhere"))
    text = words_on(owner.get(PAGE))
    assert "Mia no PIN yet Olivia no PIN yet" in text
    assert "Set your PIN first" in text
    give_pin(mia)
    give_pin(olivia)

    text = words_on(owner.get(PAGE))

    assert "Mia has a PIN Olivia has a PIN" in text
    assert "Ada " not in text, "an accountant does not act at the desk"
    assert "Zoe" not in text
    locked = owner.post(reverse("lock_desk"), {"next": reverse("home")}, follow=True)
    assert "Who is at the desk?" in words_on(locked)
    assert owner.get(PAGE).status_code == 302, "a locked desk shows no page"
