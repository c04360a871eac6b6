"""`manage.py import_purchases`: import the clients and packs of a file, or undo an import."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from purchases.imports import process
from purchases.imports.columns import Columns, in_order
from purchases.imports.dates import Order
from purchases.imports.drafts import Draft, Studio, create_draft, open_draft, plan_of
from purchases.imports.folding import fold
from purchases.imports.headings import Field
from purchases.imports.plan import Line, Plan
from purchases.imports.prepared import prepare
from purchases.imports.reader import ENCODINGS, UnreadableFile
from purchases.management.progress import bar, draw
from purchases.models import Import, Org
from purchases.operations import Refused
from studio.models import Membership

IGNORE = "ignore"


class Command(BaseCommand):
    help = (
        "Imports the clients and packs of a .csv, .tsv, .txt, .xlsx, .ods or .xls file. It first "
        "lists what it adds, what is there already and what it cannot import, with the number of "
        "each row. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the file to import")
        parser.add_argument("--studio", metavar="SLUG", help="the studio; optional if there is one")
        parser.add_argument(
            "--by", metavar="USERNAME", required=True, help="an owner of the studio"
        )
        parser.add_argument("--dry-run", action="store_true", help="list only, and write nothing")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            type=_pair,
            metavar="HEADING=FIELD",
            help=f"what a column means: {', '.join(Field)}, or {IGNORE}",
        )
        parser.add_argument(
            "--sessions",
            action="append",
            default=[],
            type=_pair,
            metavar="PACK=NUMBER",
            help="how many sessions a pack has, if the file says only how many are left",
        )
        parser.add_argument("--dates", choices=list(Order), help="the order of day and month")
        parser.add_argument("--encoding", choices=list(ENCODINGS), default="")
        parser.add_argument("--resume", type=UUID, metavar="ID", help="go on with an import")
        parser.add_argument("--undo", type=UUID, metavar="ID", help="undo an import")

    def handle(self, *, by: str, studio: str | None, **options: Any) -> None:
        member = _owner(by, _org(studio))
        with timezone.override(member.time_zone):
            try:
                if options["undo"] or options["resume"]:
                    self.go_on(member, options["undo"], options["resume"])
                else:
                    self.import_file(member, options)
            except (Refused, UnreadableFile) as problem:
                raise CommandError(str(problem)) from None

    def import_file(self, member: Membership, options: dict[str, Any]) -> None:
        file: Path | None = options["file"]
        if file is None:
            raise CommandError("Name the file to import.")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        studio = Studio.of(member)
        imported = Import(pk=uuid4(), org_id=member.org_id, file_name=file.name, content=content)
        draft = _draft(imported, options)
        plan = plan_of(draft, studio)
        self.report(draft, plan)
        if options["dry_run"]:
            self.stdout.write("Nothing was written, because of --dry-run.")
            return
        if plan.must_ask_dates:
            raise CommandError(
                "The dates fit both orders. Add --dates dmy for day/month, or --dates mdy for "
                "month/day. Nothing was written."
            )
        if plan.changes_nothing:
            self.stdout.write("Everything in this file is here already. Nothing was changed.")
            return
        stored = create_draft(
            member=member,
            org_id=member.org_id,
            import_id=imported.pk,
            file_name=file.name,
            content=content,
        )
        stored.choices = draft.as_json()
        stored.save(update_fields=["choices"])
        prepare(stored, studio)
        process.start(imported=stored, plan_hash=plan.hash, studio=studio)
        self.run(stored.pk)

    def go_on(self, member: Membership, undo: UUID | None, resume: UUID | None) -> None:
        imports = Import.objects.filter(org_id=member.org_id)
        imported = next(iter(imports.filter(pk__in=[undo or resume])), None)
        if imported is None:
            raise CommandError(f"{member.org} has no import {undo or resume}.")
        if undo:
            process.start_undo(member=member, imported=imported)
        self.run(imported.pk)

    def run(self, import_id: UUID) -> None:
        def progress(imported: Import) -> None:
            draw(self.stderr, bar(imported.rows_done, imported.rows_total, "rows"))

        imported = process.run(import_id, progress)
        draw(self.stderr, "")
        match imported.state:
            case Import.State.DONE:
                self.stdout.write(
                    f"Imported {imported.file_name}: {imported.counts.get('created', 0):,} clients "
                    f"and {imported.counts.get('packs', 0):,} packs. "
                    f"To undo: --undo {imported.pk}"
                )
            case Import.State.UNDONE:
                packs, clients = imported.packs_kept, imported.clients_kept
                kept = f" {packs:,} packs and {clients:,} clients have changed and stay."
                self.stdout.write(
                    f"Undid the import of {imported.file_name}.{kept * bool(packs or clients)}"
                )
            case _:
                raise CommandError("Another process works on this import. Try again later.")

    def report(self, draft: Draft, plan: Plan) -> None:
        self.stdout.write("Columns:")
        for at, heading in enumerate(draft.table.headings):
            field = draft.columns.field(at)
            self.stdout.write(f"  {heading or '(no heading)'} = {field or 'not read'}")
        for name, count in plan.asked.items():
            said = f"{count}, a guess" if count else "unknown"
            chosen = draft.sessions.get(name)
            self.stdout.write(
                f'Sessions of “{name}”: {chosen or said}. Change: --sessions "{name}=10"'
            )
        self.lines("Added clients", plan.created)
        self.lines("Matched clients", plan.matched)
        self.lines("Twice in the file", plan.twice)
        self.lines("Added packs", plan.packs)
        self.lines("Packs imported before", plan.packs_before)
        self.lines("Packs without a balance, not imported", plan.no_balance)
        self.lines("Cannot be imported", plan.cannot)
        self.lines("Check these", plan.check)
        self.lines("Packs without an amount, imported with 0", plan.unpaid)
        if plan.card_numbers:
            self.stdout.write(f"Cells with a card number, left out: {plan.card_numbers:,}")

    def lines(self, title: str, lines: Iterable[Line]) -> None:
        lines = list(lines)
        self.stdout.write(f"{title}: {len(lines):,}")
        for line in lines:
            text = f": {line.text}" if line.text else ""
            self.stdout.write(f"  row {line.number}: {line.name}{text}")


def _pair(text: str) -> tuple[str, str]:
    before, equals, after = text.rpartition("=")
    if not (before and equals and after):
        raise ArgumentTypeError(f"{text} has no “=” between two texts")
    return before, after


def _org(slug: str | None) -> Org:
    orgs = list(Org.objects.filter(slug=slug) if slug else Org.objects.all()[:2])
    if len(orgs) == 1:
        return orgs[0]
    raise CommandError(f"No studio has the slug {slug}." if slug else "Name the --studio.")


def _owner(username: str, org: Org) -> Membership:
    members = Membership.usable().filter(user__username=username, org=org)
    member = members.select_related("user", "org__policy").first()
    if member is None or not member.may("administer"):
        raise CommandError(f"{username} is no owner of {org}.")
    return member


def _draft(imported: Import, options: dict[str, Any]) -> Draft:
    """Return the draft with the choices of the command line."""
    draft = open_draft(imported, {"encoding": options["encoding"], "order": options["dates"]})
    by_field = {field: list(places) for field, places in draft.columns.by_field.items()}
    for heading, name in options["column"]:
        at = _column(draft.table.headings, heading)
        for places in by_field.values():
            if at in places:
                places.remove(at)
        if name == IGNORE:
            continue
        if name not in list(Field):
            raise CommandError(f"{name} is no field. Fields: {', '.join(Field)}, {IGNORE}.")
        by_field.setdefault(Field(name), []).insert(0, at)
    sessions = {}
    for pack, number in options["sessions"]:
        if not number.isdecimal():
            raise CommandError(f"{number} is not a number of sessions.")
        sessions[pack] = int(number)
    columns = in_order(Columns(by_field), draft.table)
    return Draft(draft.table, columns, draft.order, draft.encoding, sessions)


def _column(headings: list[str], heading: str) -> int:
    for at, written in enumerate(headings):
        if fold(written) == fold(heading):
            return at
    raise CommandError(f"The file has no column {heading}. It has: {', '.join(headings)}.")
