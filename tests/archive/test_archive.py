"""A studio's whole data leaves as one archive, and arrives in another database as it was."""

import csv
import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from purchases import operations
from purchases.models import Org, Purchase, SessionEvent
from purchases.operations.commands import Use
from studio.database.archive.tables import NOT_EXPORTED, TABLES
from studio.models import Membership, User
from tests.archive.conftest import SLUG, Imported, using
from tests.archive.databases import contents
from tests.database import rows, value
from tests.factories import make_org

pytestmark = [pytest.mark.slow, pytest.mark.breaks_the_ledger]

EVERYTHING = "SELECT count(*) FROM {}"


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def changed(archive: Path, file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy an archive to `file`, with the content that `change` returns. None leaves a part out."""
    with ZipFile(archive) as old, ZipFile(file, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return file


def of_manifest(change: Callable[[dict[str, object]], object]) -> Callable[[str, bytes], bytes]:
    def change_part(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        change(manifest)
        return json.dumps(manifest).encode()

    return change_part


def test_every_table_is_as_it_was(source: str, imported: Imported) -> None:
    org_id = Org.objects.get(slug=SLUG).pk
    arrived = contents(org_id)
    with using(source):
        sent = contents(org_id)
    # The export and the import have events of their own.
    arrived["studio_security_event"] = arrived["studio_security_event"][:1]
    sent["studio_security_event"] = sent["studio_security_event"][:1]
    for table in TABLES:
        assert arrived[table.name] == sent[table.name], table.name
    for name in ("seals", "seal_salts", "session_requests", "clients", "studio_security_event"):
        assert sent[name], name


def test_nothing_else_arrives(archive: Path, imported: Imported) -> None:
    assert Org.objects.count() == 1
    assert value("SELECT count(DISTINCT org_id) FROM clients") == 1
    # The events of the archive, and none of the import itself.
    with ZipFile(archive) as parts:
        manifest = json.loads(parts.read("manifest.json"))
    for file in manifest["files"]:
        if file["table"] != "studio_security_event":
            assert value(EVERYTHING.format(file["table"])) == file["rows"], file["table"]


def test_seals_and_ledgers_are_clean_after_it(source: str, imported: Imported) -> None:
    assert "All is well" in printed("check_ledger", "--seals")
    assert findings() == findings_of(source, Org.objects.get().pk)
    # The next night goes on with the chain.
    printed("seal")
    assert "All is well" in printed("check_ledger", "--seals")


def findings() -> list[str]:
    """Return what check_ledger says: the demo has rows that break an invariant."""
    out = StringIO()
    with suppress(CommandError):
        call_command("check_ledger", stdout=out, stderr=StringIO())
    return sorted(line for line in out.getvalue().splitlines() if "All is well" not in line)


def findings_of(source: str, org_id: UUID) -> list[str]:
    with using(source):
        own = {str(pk) for pk in Purchase.objects.filter(org=org_id).values_list("pk", flat=True)}
        return [line for line in findings() if line.split(",")[0] in own]


def test_the_desk_goes_on_with_new_ids(imported: Imported) -> None:
    last, last_user = (
        value("SELECT max(id) FROM session_events"),
        value("SELECT max(id) FROM studio_user"),
    )
    staff = User.objects.get(username="desk")
    purchases = Purchase.objects.select_related("client", "offer").order_by("pk")
    purchase = next(each for each in purchases if each.use_refusal is None)
    with transaction.atomic():
        done = operations.use(
            member=staff.membership, purchase=purchase, command=Use(request_id=uuid4(), note="")
        )
        assert done.event_id is not None
        assert done.event_id > last
        assert SessionEvent.objects.get(pk=done.event_id).kind == "used"
        assert User.objects.create_user("new").pk > last_user
        transaction.set_rollback(True)


def test_the_triggers_and_constraints_are_as_before(imported: Imported) -> None:
    # The demo has counts that break the constraint, which therefore holds for new rows only.
    assert {(table, name) for table, name, _ in imported.before ^ imported.after} <= {
        ("client_purchases", "sessions_used_is_between_0_and_total")
    }
    with pytest.raises(IntegrityError, match="sessions_used_is_between"):
        rows("UPDATE client_purchases SET sessions_used = -1 WHERE sessions_used = 1")


def test_no_secret_is_in_the_archive_and_people_get_a_link(
    source: str, archive: Path, imported: Imported
) -> None:
    members = list(Membership.objects.select_related("user"))
    assert len(members) == 4
    for member in members:
        assert not member.user.has_usable_password()
        assert not member.user.is_superuser
        assert f"{member.user.username} (" in imported.text
    assert imported.text.count("/accounts/password/") == 4
    with ZipFile(archive) as parts:
        everything = b"".join(parts.read(name) for name in parts.namelist())
    with using(source):
        secrets = value("SELECT array_agg(password) FROM studio_user")
        secrets += value("SELECT array_agg(hash) FROM studio_pin")
    assert not [secret for secret in secrets if secret.encode() in everything]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (of_manifest(lambda m: m.update(format=2)), "made by a newer version of Studio"),
        (
            of_manifest(lambda m: m["migrations"].update(purchases="9999_later")),  # type: ignore[attr-defined]
            r"newer version of Studio \(9999_later\)",
        ),
        (
            of_manifest(lambda m: m["files"][6]["columns"].append("vip")),  # type: ignore[index]
            "The table studio_finishedstep of this installation has no column vip",
        ),
        (
            lambda name, content: (
                content.replace(b"example.com", b"example.org")
                if name == "clients.csv"
                else content
            ),
            "clients.csv is not as it was exported",
        ),
        (
            lambda name, content: None if name == "session_events.csv" else content,
            "session_events.csv is not as it was exported",
        ),
        (lambda name, content: None if name == "manifest.json" else content, "not an archive"),
        (of_manifest(lambda m: m.pop("files")), "no readable manifest.json"),
        (
            lambda name, content: b"[" * 100_000 if name == "manifest.json" else content,
            "no readable manifest.json",
        ),
    ],
)
def test_an_archive_that_does_not_fit_changes_nothing(
    change: Callable[[str, bytes], bytes | None],
    sentence: str,
    archive: Path,
    target: str,
    tmp_path: Path,
) -> None:
    other = changed(archive, tmp_path / "changed.zip", change)
    with pytest.raises(CommandError, match=f"{sentence}.*Nothing was changed"):
        call_command("import_studio", str(other))
    assert Org.objects.count() == 0
    assert User.objects.count() == 0


def test_a_studio_that_exists_is_not_imported_again(archive: Path, imported: Imported) -> None:
    before = contents(Org.objects.get().pk)
    with pytest.raises(CommandError, match="has the studio “Northside Pilates” already"):
        call_command("import_studio", str(archive))
    assert contents(Org.objects.get().pk) == before


def test_ids_that_others_have_are_refused(archive: Path, target: str) -> None:
    with ZipFile(archive) as parts:
        first = next(csv.DictReader(StringIO(parts.read("studio_user.csv").decode())))
    somebody = User.objects.create_user("somebody", pk=int(first["id"]))
    try:
        with pytest.raises(CommandError, match="same ids or names in studio_user"):
            call_command("import_studio", str(archive))
    finally:
        somebody.delete()
    assert Org.objects.count() == 0
    assert value("SELECT tgenabled FROM pg_trigger WHERE tgname = 'record_session_event'") == "A"


def test_a_forged_archive_gives_no_account_rights(
    archive: Path, target: str, tmp_path: Path
) -> None:
    def forge(name: str, content: bytes) -> bytes:
        if name == "studio_user.csv":
            return forged
        if name == "manifest.json":
            manifest = json.loads(content)
            file = next(f for f in manifest["files"] if f["table"] == "studio_user")
            file["columns"].append("is_superuser")
            file["sha256"] = sha256(forged).hexdigest()
            return json.dumps(manifest).encode()
        return content

    with ZipFile(archive) as parts:
        lines = parts.read("studio_user.csv").decode().splitlines()
    forged = "\n".join([f"{lines[0]},is_superuser", *(f"{each},t" for each in lines[1:])]).encode()
    other = changed(archive, tmp_path / "forged.zip", forge)
    with pytest.raises(CommandError, match="no column is_superuser"):
        call_command("import_studio", str(other))
    assert User.objects.count() == 0


def of_another_studio(table: str, old: UUID, new: UUID) -> Callable[[str, bytes], bytes]:
    """Return a change that gives the first row of a table to another studio, with a new digest."""
    digests: dict[str, str] = {}

    def change(name: str, content: bytes) -> bytes:
        if name == f"{table}.csv":
            content = content.replace(str(old).encode(), str(new).encode(), 1)
            digests[table] = sha256(content).hexdigest()
        if name == "manifest.json":
            manifest = json.loads(content)
            next(f for f in manifest["files"] if f["table"] == table)["sha256"] = digests[table]
            return json.dumps(manifest).encode()
        return content

    return change


@pytest.mark.parametrize(
    "table", ["studio_membership", "clients", "session_events", "studio_security_event"]
)
def test_an_archive_brings_no_rows_of_another_studio(
    archive: Path, target: str, tmp_path: Path, table: str
) -> None:
    """A forged archive could make an owner of another studio, or change its ledger."""
    with ZipFile(archive) as parts:
        own = UUID(json.loads(parts.read("manifest.json"))["org_id"])
    southside = make_org(name="Southside")
    change = of_another_studio(table, own, southside.pk)
    try:
        with pytest.raises(CommandError, match=r"rows in \w+ that belong to another studio"):
            call_command("import_studio", str(changed(archive, tmp_path / "forged.zip", change)))
        assert [org.pk for org in Org.objects.all()] == [southside.pk]
        assert not User.objects.exists()
    finally:
        southside.delete()


def test_a_purchase_that_moved_between_studios_is_refused(source: str, tmp_path: Path) -> None:
    with using(source), transaction.atomic():
        rows(
            "UPDATE client_purchases SET org_id = (SELECT id FROM orgs WHERE slug <> %s)"
            " WHERE id = (SELECT min(id::text)::uuid FROM client_purchases WHERE org_id ="
            " (SELECT id FROM orgs WHERE slug = %s))",
            SLUG,
            SLUG,
        )
        with pytest.raises(CommandError, match="1 purchase of this studio belonged to"):
            call_command("export_studio", str(tmp_path / "x.zip"), studio=SLUG)
        transaction.set_rollback(True)
    assert list(tmp_path.iterdir()) == []


def test_the_command_explains_what_it_cannot_write(source: str, archive: Path) -> None:
    with using(source):
        with pytest.raises(CommandError, match="no studio 'nowhere'"):
            call_command("export_studio", "x.zip", studio="nowhere")
        with pytest.raises(CommandError, match="exists already"):
            call_command("export_studio", str(archive), studio=SLUG)
    assert archive.stat().st_mode & 0o777 == 0o600


def test_times_have_microseconds_in_utc(archive: Path) -> None:
    with ZipFile(archive) as parts:
        clients = list(csv.DictReader(StringIO(parts.read("clients.csv").decode())))
    assert "2026-01-12 07:00:00.123456+00" in {client["created_at"] for client in clients}
    assert '{"a,b",NULL,""}' in {client["Favourite class"] for client in clients}


@pytest.mark.django_db
def test_every_table_is_in_the_archive_or_has_a_reason() -> None:
    tables = {
        name
        for (name,) in rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    }
    exported = {table.name for table in TABLES}
    assert exported | NOT_EXPORTED.keys() == tables
    assert not exported & NOT_EXPORTED.keys()
