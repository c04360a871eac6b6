"""Two owners of a studio invite the same person at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts.people import guards
from studio.accounts.people.forms import InvitationForm, invited_name
from studio.models import User
from tests.conftest import SignIn
from tests.database import another_connection
from tests.factories import make_user
from tests.pages import words_on
from tests.people.pages import INVITE, NINA

TAKEN = "A person with this user name is in your studio already."
PAGES = {
    "the page": INVITE,
    "the admin": reverse("admin:studio_membership_add"),
}
INSERT = """
    WITH person AS (
        INSERT INTO public.studio_user (
            password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
            date_joined
        ) VALUES ('!', false, %(name)s, 'Other', '', '', false, true, now())
        RETURNING id
    )
    INSERT INTO public.studio_membership (user_id, org_id, role)
    SELECT id, %(org_id)s, 'staff' FROM person
"""


@contextmanager
def another_invitation_before_the_insert(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let another connection take the name after the check of the form, before its insert."""
    save_person = InvitationForm.save_person
    with another_connection() as other:

        def late(form: InvitationForm) -> User:
            monkeypatch.setattr(InvitationForm, "save_person", save_person)
            name = invited_name("nina", form.org_id)
            other.execute(INSERT, {"name": name, "org_id": form.org_id})
            return save_person(form)

        monkeypatch.setattr(InvitationForm, "save_person", late)
        yield


def invite_as_an_owner(
    page: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> HttpResponseBase:
    org = Org.objects.create(name="Northside", slug="northside")
    browser: Client = signed_in(make_user(username="olivia", org=org, role="owner"))
    with another_invitation_before_the_insert(monkeypatch):
        return browser.post(PAGES[page], NINA)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", PAGES)
def test_the_second_invitation_is_told_that_the_name_is_taken(
    page: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = invite_as_an_owner(page, signed_in, monkeypatch)
    assert answer.status_code == 200
    assert TAKEN in words_on(answer)
    assert [user.first_name for user in User.objects.exclude(username="olivia")] == ["Other"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", PAGES)
def test_without_the_guard_the_page_would_fail(
    page: str, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(guards, "REFUSALS", {})
    with pytest.raises(IntegrityError) as raised:
        invite_as_an_owner(page, signed_in, monkeypatch)
    assert isinstance(raised.value.__cause__, psycopg.errors.UniqueViolation)
