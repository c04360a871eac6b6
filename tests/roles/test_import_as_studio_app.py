"""Import a file and undo it with the privileges of the role studio_app."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from purchases.imports import worker
from purchases.models import Client, Offer, Org, Purchase
from studio.database import grants
from studio.models import User
from tests.conftest import SignIn
from tests.database import acting_as
from tests.imports.planned import make_import
from tests.imports.test_pages import import_file, text_of


@pytest.fixture
def owner(
    studio_roles: None,
    northside: Org,
    olivia: User,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Browser:
    monkeypatch.setattr(worker, "start_thread", lambda import_id, _: worker.work(import_id))
    return signed_in(olivia)


def test_an_owner_imports_a_file_and_undoes_it(owner: Browser) -> None:
    with acting_as(grants.APP):
        imported = import_file(owner, "package_tracker.csv")
        assert Purchase.objects.count() == 2
        answer = owner.post(reverse("purchases:undo_import", args=[imported.pk]))
        assert "This import was undone." in text_of(owner.get(answer["Location"]))
        assert (Purchase.objects.count(), Client.objects.count()) == (0, 0)
        assert Offer.objects.count() == 0


def test_the_function_writes_no_purchase_without_a_request(owner: Browser, olivia: User) -> None:
    org_id = olivia.membership.org_id
    Client.objects.create(org_id=org_id, full_name="Nadia Rossi", email="nadia@example.com")
    imported = make_import(olivia, "package_tracker.csv")
    with acting_as(grants.APP):
        with (
            pytest.raises(IntegrityError, match="needs a request"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT public.write_import(%s, 1, 9)", [imported.pk])
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM public.clients")
    assert Purchase.objects.count() == 0
