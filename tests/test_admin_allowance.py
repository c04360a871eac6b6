"""Owners set in the admin the allowances: how many sessions staff may reinstate."""

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import Allowance, User
from tests.admin_forms import errors
from tests.allowances.limits import LATE, allow
from tests.conftest import SignIn
from tests.pages import html_of, words_on

LIST = reverse("admin:studio_allowance_changelist")
ADD = reverse("admin:studio_allowance_add")


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


def test_an_owner_adds_changes_and_deletes_an_allowance(admin: Client, northside: Org) -> None:
    admin.post(ADD, {"reason": LATE.value, "sessions": 2, "days": 30})
    allowance = Allowance.objects.get(org=northside)
    assert (allowance.reason, allowance.sessions, allowance.days) == (LATE, 2, 30)

    url = reverse("admin:studio_allowance_change", args=[allowance.pk])
    admin.post(url, {"reason": "other", "sessions": 3, "days": 60})
    allowance.refresh_from_db()
    assert (allowance.reason, allowance.sessions, allowance.days) == (LATE, 3, 60)

    admin.post(reverse("admin:studio_allowance_delete", args=[allowance.pk]), {"post": "yes"})
    assert not Allowance.objects.exists()


def test_an_allowance_for_no_reason_has_a_label(admin: Client, northside: Org) -> None:
    admin.post(ADD, {"reason": "", "sessions": 5, "days": 30})

    assert Allowance.objects.get().reason == ""
    assert "No reason given530" in words_on(admin.get(LIST))
    assert "“No reason given” means Reinstate without a reason." in words_on(admin.get(ADD))


def test_a_reason_cannot_have_two_allowances(admin: Client, northside: Org) -> None:
    allow(northside, 2)
    page = html_of(admin.get(ADD))
    assert 'value="other"' in page
    assert f'value="{LATE}"' not in page

    assert list(errors(admin.post(ADD, {"reason": LATE.value, "sessions": 3, "days": 30}))) == [
        "reason"
    ]
    assert Allowance.objects.get().sessions == 2


def test_two_concurrent_saves_create_one_allowance(
    admin: Client, olivia: User, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request saved the allowance after this one had validated its form."""
    allow(northside, 2)
    none_yet = property(lambda _: {}, lambda *_: None)
    monkeypatch.setattr("studio.models.Membership.allowances", none_yet)

    answer = admin.post(ADD, {"reason": LATE.value, "sessions": 3, "days": 30}, follow=True)

    assert "There is an allowance for this reason already." in words_on(answer)
    assert Allowance.objects.get().sessions == 2


@pytest.mark.parametrize(
    ("field", "sent"),
    [("sessions", "-1"), ("sessions", "1001"), ("days", "0"), ("days", "3651"), ("reason", "x")],
)
def test_an_invalid_value_is_refused(admin: Client, northside: Org, field: str, sent: str) -> None:
    form = {"reason": LATE.value, "sessions": "2", "days": "30", field: sent}

    assert list(errors(admin.post(ADD, form))) == [field]
    assert not Allowance.objects.exists()


def test_staff_can_view_allowances_and_other_orgs_cannot(
    signed_in: SignIn, mia: User, otto: User, northside: Org
) -> None:
    allowance = allow(northside, 2)
    url = reverse("admin:studio_allowance_change", args=[allowance.pk])

    assert signed_in(mia).get(ADD).status_code == 403
    assert signed_in(mia).post(url, {"sessions": 9, "days": 30}).status_code == 403
    assert signed_in(otto).get(url).status_code == 404
    assert "Late cancel" not in words_on(signed_in(otto).get(LIST))
    allowance.refresh_from_db()
    assert allowance.sessions == 2
