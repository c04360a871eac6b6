"""The ledgers name the person and the file of every client and offer that an import adds or an undo
deletes. An undo keeps the clients that have changed since."""

from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from purchases import operations
from purchases.imports import process
from purchases.models import Client, ClientEvent, ClientRequest, Import, OfferEvent, Org
from purchases.operations.clients import values_of
from purchases.operations.commands import ClientValues, EditClient
from studio.models import User
from tests.clients.merges import merged_by
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_purchase
from tests.imports.planned import make_import
from tests.imports.test_pages import import_file, text_of

PEOPLE = "Name,Email\n" + "".join(
    f"{name},{name.lower()}@example.com\n" for name in ("Ana", "Ben", "Chidi", "Zoe", "Wen")
)


@pytest.fixture
def browser(olivia: User, signed_in: SignIn) -> Browser:
    return signed_in(olivia)


def undo(browser: Browser, imported: Import) -> str:
    answer = browser.post(reverse("purchases:undo_import", args=[imported.pk]))
    return text_of(browser.get(answer["Location"]))


def events_of(client_id: UUID) -> list[tuple[str, str, str]]:
    """Return the kind, the operation and the person of each event of a client."""
    return [
        (event.kind, event.request.operation, event.request.actor.username)
        for event in ClientEvent.objects.filter(client_id=client_id).order_by("pk")
        if event.request
    ]


def test_the_history_of_a_client_names_the_person_and_the_file(browser: Browser) -> None:
    import_file(browser, "package_tracker.csv")
    for client in Client.objects.all():
        assert events_of(client.pk) == [("added", "import", "olivia")]
        shown = text_of(browser.get(reverse("purchases:client_detail", args=[client.pk])))
        assert "Imported from package_tracker.csv" in shown
        assert "another program" not in shown.lower()
    call_command("check_ledger")


def test_an_undo_names_the_person_who_deleted_the_clients(browser: Browser) -> None:
    imported = import_file(browser, "package_tracker.csv")
    clients = list(Client.objects.values_list("pk", flat=True))
    assert "Everything is as it was before." in undo(browser, imported)
    assert len(clients) == 2
    for pk in clients:
        assert events_of(pk) == [
            ("added", "import", "olivia"),
            ("deleted", "undo_import", "olivia"),
        ]
    files = ClientRequest.objects.values_list("file_name", flat=True)
    assert set(files) == {"package_tracker.csv"}
    call_command("check_ledger")


def test_the_ledger_of_offers_names_the_person(browser: Browser, olivia: User) -> None:
    imported = import_file(browser, "package_tracker.csv")
    undo(browser, imported)
    events = OfferEvent.objects.order_by("pk").values_list("kind", "actor_id")
    added = [event for event in events if event[0] == "added"]
    assert added
    assert list(events) == [*added, *(("deleted", olivia.pk) for _ in added)]
    assert {actor for _kind, actor in events} == {olivia.pk}


def test_an_undo_keeps_clients_who_were_edited_merged_or_sold_to(
    browser: Browser, northside: Org, olivia: User
) -> None:
    imported = import_file(browser, "people.csv", PEOPLE.encode())
    ana, ben, chidi, _wen, zoe = Client.objects.order_by("full_name")
    operations.edit_client(
        member=olivia.membership,
        client=ana,
        command=EditClient(
            request_id=uuid4(), before=values_of(ana), values=ClientValues("Ana Ruiz", ana.email)
        ),
    )
    merged_by(olivia, ben, chidi)
    make_purchase(org=northside, client=zoe)
    shown = undo(browser, imported)
    assert "4 clients were changed, or have a pack, and stay." in shown
    assert "Everything is as it was" not in shown
    kept = Client.objects.order_by("full_name").values_list("pk", "full_name")
    names = ["Ana Ruiz", "Ben", "Chidi", "Zoe"]
    assert list(kept) == list(zip([ana.pk, ben.pk, chidi.pk, zoe.pk], names, strict=True))
    call_command("check_ledger")


def test_an_undo_keeps_a_client_whom_another_program_changed(
    browser: Browser, northside: Org
) -> None:
    imported = import_file(browser, "people.csv", PEOPLE.encode())
    rows("UPDATE clients SET phone = '0412 345 678' WHERE full_name = 'Ben'")
    undo(browser, imported)
    assert list(Client.objects.values_list("full_name", flat=True)) == ["Ben"]


def test_the_functions_change_no_client_without_a_request(olivia: User, northside: Org) -> None:
    imported = make_import(olivia, "package_tracker.csv")
    for statement in ("write_import", "undo_import"):
        with pytest.raises(IntegrityError, match="needs a request"), transaction.atomic():
            rows(f"SELECT public.{statement}(%s, 1, 9)", imported.pk)
        process.run(imported.pk)
    assert Client.objects.count() == 2
