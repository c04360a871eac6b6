"""Changes of a policy or an allowance in the admin leave an event, with the value before and after.

tests/owner_pages has those of the page *Studio*.
"""

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import Allowance, Policy, User
from tests.conftest import SignIn
from tests.security_log.log import Event, events

POLICY = {"time_zone": "Europe/Madrid", "language": "es", "staff_may_edit_clients": "on"}


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


def changed(detail: str) -> Event:
    return Event("policy_changed", None, "olivia", "admin", detail)


def test_a_policy_in_the_admin(owner: Client, northside: Org) -> None:
    policy = Policy.objects.create(org=northside, language="es", time_zone="Europe/Madrid")
    url = reverse("admin:studio_policy_change", args=[policy.pk])
    typed = POLICY | {"desk_locks_after_minutes": "5", "roles_with_second_factor": ["owner"]}
    for _ in range(2):
        assert owner.post(url, typed).status_code == 302

    assert events() == [
        changed("staff_may_sell True to False"),
        changed("desk_locks_after_minutes none to 5"),
        changed("roles_with_second_factor none to owner"),
    ]


def test_a_new_policy_in_the_admin(owner: Client, northside: Org) -> None:
    added = owner.post(reverse("admin:studio_policy_add"), POLICY | {"staff_may_sell": "on"})

    assert added.status_code == 302
    assert events() == [
        changed("time_zone UTC to Europe/Madrid"),
        changed("language none to es"),
    ]


def test_allowances_in_the_admin(owner: Client, northside: Org) -> None:
    allowances = reverse("admin:studio_allowance_changelist")
    typed = {"reason": "other", "sessions": 2, "days": 30}
    assert owner.post(reverse("admin:studio_allowance_add"), typed).status_code == 302
    row = Allowance.objects.get()
    change = reverse("admin:studio_allowance_change", args=[row.pk])
    assert owner.post(change, {"sessions": 3, "days": 30}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    assert owner.post(allowances, chosen).status_code == 302

    assert not Allowance.objects.exists()
    assert events() == [
        changed("allowance:other none to 2 in 30 days"),
        changed("allowance:other 2 in 30 days to 3 in 30 days"),
        changed("allowance:other 3 in 30 days to none"),
    ]
