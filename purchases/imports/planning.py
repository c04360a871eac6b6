"""Make the plan of a table: read each row, find its person, and read its pack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from purchases.currencies import decimals
from purchases.formatting import left_in_words
from purchases.imports import cells as reading
from purchases.imports.columns import Columns
from purchases.imports.dates import Order, evidence, parse
from purchases.imports.folding import fold
from purchases.imports.header import Row
from purchases.imports.headings import Field
from purchases.imports.names import is_surname_first, read_name
from purchases.imports.packs import NoPack, PackKey, PackNames, read_counts
from purchases.imports.people import CannotTell, People, Person, Written
from purchases.imports.plan import Choices, Known, Line, NewOffer, NewPack, Plan, PlannedRow
from purchases.imports.reader import Table

LONGEST_NAME = 200
LONGEST_NOTE = 2_000
OLDEST = timedelta(days=20 * 366)
# A later expiry means never.
LATEST = timedelta(days=100 * 366)


# The rows between two calls of `on_rows`.
REPORTED = 1_000


def make_plan(
    table: Table,
    choices: Choices,
    known: Known,
    today: date,
    on_rows: Callable[[int, int], None] = lambda _done, _total: None,
) -> Plan:
    """Return what an import of the table would write. Nothing is written.

    Call `on_rows` with the number of planned rows, and of all rows, from time to time.
    """
    return _Planner(table, choices, known, today, on_rows).plan


class _Planner:
    def __init__(
        self,
        table: Table,
        choices: Choices,
        known: Known,
        today: date,
        on_rows: Callable[[int, int], None],
    ) -> None:
        self.table, self.choices, self.known, self.today = table, choices, known, today
        self.columns = choices.columns
        self.plan = Plan()
        self.people = People.of_clients(known.org_id, known.clients, known.external_ids)
        offers = {name: offer.sessions for name, offer in known.offers.items() if offer.sessions}
        self.names = PackNames(choices.sessions, offers)
        self.occurrences: Counter[PackKey] = Counter()
        self.new_offers: dict[str, NewOffer] = {}
        self.surname_first = is_surname_first(table, self.columns)
        self.orders = date_orders(table, self.columns, choices.date_order)
        self.plan.must_ask_dates = None in self.orders.values()
        read = {at for places in self.columns.by_field.values() for at in places}
        for done, row in enumerate(table.rows):
            if done % REPORTED == 0:
                on_rows(done, len(table.rows))
            # A column that is not read is not kept at all.
            cells = [reading.plain(c) if at in read else "" for at, c in enumerate(row.cells)]
            self._row(Row(row.number, cells))
        self.plan.offers = list(self.new_offers.values())
        self.plan.asked = dict(self.names.asked)
        self._leave_out_packs_imported_before()

    def _row(self, row: Row) -> None:
        written, notes = self._person(row)
        try:
            person = self.people.find_or_add(written, row.number)
        except CannotTell as problem:
            self.plan.cannot.append(Line(row.number, written.name or written.email, str(problem)))
            return
        adds_client = person.is_new and person.row == row.number
        pack = self._pack(row, person)
        names_pack = self.columns.cell(row.cells, Field.PACK) or self.columns.cell(
            row.cells, Field.REMAINING
        )
        self._list_person(row, person, adds_client=adds_client, has_pack=bool(pack or names_pack))
        self.plan.rows.append(
            PlannedRow(row.number, person, adds_client, notes, written.external_id, pack)
        )

    def _list_person(self, row: Row, person: Person, *, adds_client: bool, has_pack: bool) -> None:
        line = Line(row.number, person.name, person.email or person.phone)
        if adds_client:
            self.plan.created.append(line)
        elif person.row is None:
            person.row = row.number
            self.plan.matched.append(line)
        elif not has_pack:
            text = _("The same as row %(row)s.") % {"row": person.row}
            self.plan.twice.append(Line(row.number, person.name, text))

    def _person(self, row: Row) -> tuple[Written, str]:
        """Return the person of a row, and the note about them."""
        columns = self.columns
        name = read_name(row.cells, columns, surname_first=self.surname_first)[:LONGEST_NAME]
        if reading.has_lost_letters(name):
            self._check(row, name, _("The name has a “?” for a letter that was lost."))
        phone, remark = self._phone(row, name)
        notes = self._safe(row, [row.cells[at] for at in columns.by_field.get(Field.NOTES, [])])
        written = Written(name, self._email(row, name), phone, self._external_id(row, name))
        return written, "\n".join(filter(None, [*notes, remark]))[:LONGEST_NOTE]

    def _email(self, row: Row, name: str) -> str:
        cell = self.columns.cell(row.cells, Field.EMAIL)
        emails = reading.read_emails(cell)
        if cell and not emails:
            self._check(row, name, _("“%(cell)s” is not an e-mail address.") % {"cell": cell[:80]})
        if len(emails) > 1:
            self._check(row, name, _("The first of several e-mail addresses is taken."))
        return emails[0] if emails else ""

    def _phone(self, row: Row, name: str) -> tuple[str, str]:
        """Return the first phone of a row, and what its cell says besides the number."""
        cells = [row.cells[at] for at in self.columns.by_field.get(Field.PHONE, [])]
        for cell in self._safe(row, cells):
            if reading.is_shortened(cell):
                text = _("The spreadsheet shortened “%(cell)s”: the digits are gone.")
                self._check(row, name, text % {"cell": cell})
                continue
            phone = reading.read_phone(cell, self.choices.country)
            return phone.number[:100], phone.remark
        return "", ""

    def _external_id(self, row: Row, name: str) -> str:
        for cell in self._safe(row, [self.columns.cell(row.cells, Field.EXTERNAL_ID)]):
            if not reading.is_shortened(cell):
                return cell[:100]
            text = _("The spreadsheet shortened “%(cell)s”: the digits are gone.")
            self._check(row, name, text % {"cell": cell})
        return ""

    def _safe(self, row: Row, cells: list[str]) -> list[str]:
        """Return the filled cells without those that have a card number, which are counted."""
        filled = [cell for cell in cells if cell]
        safe = [cell for cell in filled if not reading.has_card_number(cell)]
        self.plan.card_numbers += len(filled) - len(safe)
        return safe

    def _pack(self, row: Row, person: Person) -> NewPack | None:
        """Return the pack of a row, or None if the row has no pack that can be imported."""
        columns = self.columns
        name = columns.cell(row.cells, Field.PACK)[:LONGEST_NAME]
        if not name and not columns.has(Field.REMAINING, Field.USED):
            return None
        try:
            counts = read_counts(row.cells, columns, name or self.choices.pack_name, self.names)
            if counts is None:
                if name:
                    self.plan.no_balance.append(Line(row.number, person.name, name))
                return None
            expires, purchased = self._day(row, Field.EXPIRES), self._day(row, Field.PURCHASED)
            cents = self._paid(row, person)
        except NoPack as problem:
            self.plan.cannot.append(Line(row.number, person.name, str(problem)))
            return None
        if expires and expires - self.today > LATEST:
            expires = None
        if purchased and not -OLDEST <= purchased - self.today <= timedelta(days=1):
            text = _("The day of the purchase is in the future, or more than 20 years ago.")
            self._check(row, person.name, text)
            purchased = None
        name = name or self.choices.pack_name
        key = PackKey(person.id, name, purchased, expires)
        self.occurrences[key] += 1
        offer_id = self._offer(name, counts.total)
        purchase_id = key.purchase_id(self.occurrences[key])
        return NewPack(purchase_id, offer_id, counts, cents, purchased, expires)

    def _paid(self, row: Row, person: Person) -> int:
        cell = self.columns.cell(row.cells, Field.PAID)
        cents = reading.read_cents(cell, decimals(self.choices.currency)) if cell else None
        if cell and cents is None:
            text = _("“%(cell)s” is not an amount. The amount is 0.") % {"cell": cell[:80]}
            self._check(row, person.name, text)
        if cents is None:
            self.plan.unpaid.append(Line(row.number, person.name))
        return cents or 0

    def _day(self, row: Row, field: Field) -> date | None:
        """Return the day of a field. Raise NoPack if the cell has another text."""
        for at in self.columns.by_field.get(field, []):
            cell = row.cells[at]
            if not cell or fold(cell) in NEVER:
                continue
            day = parse(cell, self.orders.get(at))
            if day is None:
                raise NoPack(_("“%(cell)s” is not a date with a year.") % {"cell": cell[:80]})
            return day
        return None

    def _offer(self, name: str, sessions: int) -> UUID:
        folded = fold(name)
        if known := self.known.offers.get(folded):
            return known.id
        new_id = uuid5(self.known.org_id, f"offer {folded}")
        return self.new_offers.setdefault(folded, NewOffer(new_id, name, sessions)).id

    def _check(self, row: Row, name: str, text: str) -> None:
        self.plan.check.append(Line(row.number, name, text))

    def _leave_out_packs_imported_before(self) -> None:
        """Move the packs that exist to their own list. A changed count is said, never written."""
        packs = [row.pack.id for row in self.plan.rows if row.pack]
        existing = self.known.counts(packs)
        rows = []
        for row in self.plan.rows:
            if row.pack and row.pack.id in existing:
                total, used = existing[row.pack.id]
                text = ""
                if (total, used) != (row.pack.counts.total, row.pack.counts.used):
                    counts = row.pack.counts
                    text = _("%(left)s left in the file, %(here)s left here. Nothing is changed.")
                    text %= {"left": counts.total - counts.used, "here": (total or 0) - (used or 0)}
                self.plan.packs_before.append(Line(row.number, row.client.name, text))
                row = PlannedRow(
                    row.number, row.client, row.adds_client, row.notes, row.external_id
                )
            elif row.pack:
                self.plan.packs.append(Line(row.number, row.client.name, self._left(row.pack)))
            rows.append(row)
        self.plan.rows = rows
        used_offers = {row.pack.offer_id for row in rows if row.pack}
        self.plan.offers = [offer for offer in self.plan.offers if offer.id in used_offers]

    @staticmethod
    def _left(pack: NewPack) -> str:
        counts = pack.counts
        left = counts.total - counts.used
        return left_in_words(get_language(), left, counts.total)


NEVER = {"", "never", "no expiry", "no expiration", "unlimited", "nie", "unbegrenzt", "nunca"}


def date_orders(table: Table, columns: Columns, chosen: Order | None) -> dict[int, Order | None]:
    """Return the order of each column of dates: what all its rows settle, or what was chosen.

    None means that the owner has to choose.
    """
    orders: dict[int, Order | None] = {}
    for at in columns.dates:
        found = evidence(table.column(at))
        orders[at] = found.order or chosen
        if not found.must_ask and orders[at] is None:
            # No cell depends on the order.
            orders[at] = Order.DAY_FIRST
    return orders
