"""Two people, or one person twice, accept invitations of a studio at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import QuerySet

from purchases.models import Org
from studio.accounts.links import TOKENS
from studio.accounts.people import guards
from studio.accounts.people.guards import AlreadyMember
from studio.accounts.people.invitations import join
from studio.models import Membership, SecurityEvent, User
from tests.database import PATIENCE, wait_for_blocked_statement
from tests.factories import make_user
from tests.links import make_invited

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invited(northside: Org) -> User:
    return make_invited(make_user(username="nina", org=northside))


def accept(user: User, invited: User) -> Membership | None:
    return join(user, invited.pk, TOKENS.make_token(invited))


def accept_while(
    first: tuple[User, User], second: tuple[User, User]
) -> tuple[Membership | None, Membership | None]:
    """Accept an invitation while another acceptance, (person, invited), is not committed."""

    def later() -> Membership | None:
        try:
            return accept(*second)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            member = accept(*first)
            waiting = pool.submit(later)
            wait_for_blocked_statement()
        return member, waiting.result(PATIENCE)


def test_one_of_two_people_accepts_an_invitation(invited: User, otto: User, nora: User) -> None:
    member, late = accept_while((otto, invited), (nora, invited))
    assert member is not None
    assert late is None
    assert Membership.objects.get(pk=member.pk).user == otto
    assert SecurityEvent.objects.filter(kind="joined").count() == 1


def test_control_without_the_lock_the_second_person_takes_the_membership(
    invited: User, otto: User, nora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows)
    member, late = accept_while((otto, invited), (nora, invited))
    assert member == late
    assert late is not None
    assert Membership.objects.get(pk=late.pk).user == nora
    assert SecurityEvent.objects.filter(kind="joined").count() == 2


def test_a_person_accepts_one_of_two_invitations(invited: User, otto: User, northside: Org) -> None:
    again = make_invited(make_user(username="nina2", org=northside))
    with pytest.raises(AlreadyMember):
        accept_while((otto, invited), (otto, again))
    assert otto.memberships.filter(org=northside).count() == 1
    assert User.objects.filter(pk=again.pk).exists(), "the other invitation stays"


def test_control_without_the_guard_the_second_acceptance_would_fail(
    invited: User, otto: User, northside: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = make_invited(make_user(username="nina2", org=northside))
    monkeypatch.setattr(guards, "REFUSALS", {})
    with pytest.raises(IntegrityError):
        accept_while((otto, invited), (otto, again))
