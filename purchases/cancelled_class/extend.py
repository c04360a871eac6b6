"""Extend the expired packs of a list of a cancelled class, in chunks.

`operations.extend` extends each pack in its own transaction. Its request id is derived from the
line and the last expiry event, so a retry or a second window never extends a pack twice.
"""

from datetime import date

from purchases import operations
from purchases.cancelled_class.chunks import run_chunk
from purchases.cancelled_class.results import Result, results
from purchases.member import Member
from purchases.models import CancelledClass
from purchases.operations.commands import Extend


def packs_to_extend(member: Member, line_results: list[Result]) -> list[Result]:
    """Return the lines whose session is back in a pack that has expired, if the member may extend
    it."""
    if not member.may("extend"):
        return []
    return [result for result in line_results if result.is_to_extend]


def extend_chunk(
    *, member: Member, class_list: CancelledClass, days: int | None, until: date | None, note: str
) -> int:
    """Extend the next expired packs of the list, by days or through a day. Return the number of
    packs that were to be extended."""

    def extend(result: Result) -> None:
        assert result.purchase
        command = Extend(request_id=result.extend_request_id, days=days, until=until, note=note)
        operations.extend(member=member, purchase=result.purchase, command=command)

    packs = packs_to_extend(member, results(class_list, member))
    run_chunk(packs, extend)
    return len(packs)
