"""The page of the seals, the receipts of a printed history, and the page that checks a receipt."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from purchases import seals
from purchases.models import Org, Purchase, Seal
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.factories import make_purchase
from tests.ledger import newest, reinstated_by, used_by
from tests.pages import html_of, words_on
from tests.seals.sealing import move_back, seal_all, without_guards

RECEIPT = reverse("purchases:receipt")


@pytest.fixture
def pack(northside: Org, mia: User) -> Purchase:
    """Return a purchase whose first use is sealed, with its request."""
    purchase = make_purchase(org=northside)
    used_by(mia, purchase, note="by phone")
    move_back(2)
    seal_all()
    return purchase


def line_and_code(browser: Client, pack: Purchase) -> tuple[str, str]:
    """Return the newest receipt that the printed history shows."""
    html = html_of(browser.get(reverse("purchases:purchase_detail", args=[pack.pk])))
    line, code = re.findall(r"(C\d+) · ([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})", html)[0]
    return line, code


def answer(browser: Client, line: str, code: str) -> str:
    response = browser.get(RECEIPT, {"line": line, "code": code})
    assert response.status_code == 200
    return words_on(response)


def test_the_owner_sees_the_newest_seals(
    northside: Org, pack: Purchase, olivia: User, signed_in: SignIn
) -> None:
    [seal] = Seal.objects.filter(org_id=northside.pk)

    words = words_on(signed_in(olivia).get(reverse("purchases:seal_list")))

    assert f"{seal.day:%-d %b %Y} · 3 events · {seal.code}" in words
    assert seal.full_code in words
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", seal.code)


def test_the_page_without_a_seal_says_when_the_first_one_comes(
    northside: Org, olivia: User, signed_in: SignIn
) -> None:
    assert "No day is sealed yet." in words_on(
        signed_in(olivia).get(reverse("purchases:seal_list"))
    )


def test_only_owners_have_a_link_to_the_seals(
    northside: Org, olivia: User, desk: Client, signed_in: SignIn
) -> None:
    link = f'href="{reverse("purchases:seal_list")}"'

    studio = reverse("studio_settings")
    owner = signed_in(olivia)
    assert f'href="{studio}"' in html_of(owner.get(reverse("purchases:purchase_list")))
    assert link in html_of(owner.get(studio))
    assert f'href="{studio}"' not in html_of(desk.get(reverse("purchases:purchase_list")))
    assert desk.get(reverse("purchases:seal_list")).status_code == 403


def test_the_seals_of_another_studio_are_not_shown(
    pack: Purchase, otto: User, signed_in: SignIn
) -> None:
    [code] = [seal.code for seal in Seal.objects.all()]
    assert code not in words_on(signed_in(otto).get(reverse("purchases:seal_list")))


def test_a_receipt_of_an_untouched_line_is_as_it_was_written(desk: Client, pack: Purchase) -> None:
    line, code = line_and_code(desk, pack)

    assert line == f"C{newest(pack).pk}"
    for typed in (line, line.lower()):
        assert "As it was written." in answer(desk, typed, code)
    assert "As it was written." in answer(desk, f" {line} ", code.lower().replace("-", " "))


@pytest.mark.breaks_the_ledger
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE session_events SET sessions_used = 7 WHERE delta = 1",
        "UPDATE session_requests SET reason = 'other'",
        "UPDATE session_requests SET note = 'in person'",
        "UPDATE session_events SET request_id = NULL",
        "DELETE FROM session_events WHERE delta = 1",
    ],
)
def test_a_line_that_was_changed_is_noticed(desk: Client, pack: Purchase, tampering: str) -> None:
    line, code = line_and_code(desk, pack)
    with without_guards():
        rows(tampering)

    assert "Changed since." in answer(desk, line, code)


def test_an_erased_note_leaves_the_line_as_it_was_written(desk: Client, pack: Purchase) -> None:
    line, code = line_and_code(desk, pack)
    with without_guards():
        rows("UPDATE session_requests SET note = ''")
    rows("DELETE FROM seal_salts")

    assert "As it was written." in answer(desk, line, code)


def test_a_wrong_code_and_an_unknown_line_are_told_apart(desk: Client, pack: Purchase) -> None:
    line, _ = line_and_code(desk, pack)

    assert "Changed since." in answer(desk, line, "0" * 12)
    for unknown in ("C99999999", "E1", f"C{2**63 - 1}"):
        assert "no sealed line with this number" in answer(desk, unknown, "0" * 12)


def test_a_line_of_another_studio_is_unknown(
    desk: Client, pack: Purchase, otto: User, signed_in: SignIn
) -> None:
    line, code = line_and_code(desk, pack)

    assert "no sealed line with this number" in answer(signed_in(otto), line, code)


def test_a_line_that_is_not_sealed_yet_has_a_number_and_no_code(
    desk: Client, pack: Purchase, mia: User
) -> None:
    event = reinstated_by(mia, pack)

    assert f"C{event.pk}" not in seals.receipts(pack.pk)
    html = html_of(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))
    assert f'<bdi dir="ltr">C{event.pk}</bdi>' in html
    assert "no sealed line with this number" in answer(desk, f"C{event.pk}", "0" * 12)


@pytest.mark.parametrize(
    ("line", "code"),
    [("", ""), ("X7", "A4F9"), ("C", "A4F9-03C2-77EG"), (f"C{2**63}", "A" * 65), ("C1\0", "\0")],
)
def test_a_malformed_receipt_is_explained(desk: Client, line: str, code: str) -> None:
    response = desk.get(RECEIPT, {"line": line, "code": code})

    assert response.status_code == 400
    assert "A line has a letter and a number, as in C1042." in words_on(response)
    assert "A code has 12 digits, as in A4F9-03C2-77E1." in words_on(response)


def test_an_expiry_has_a_receipt_too(desk: Client, pack: Purchase) -> None:
    rows("UPDATE client_purchases SET expires_at = now() + interval '9 days'")
    move_back(1)
    seal_all()
    [line] = [line for line in seals.receipts(pack.pk) if line.startswith("E")]

    assert "As it was written." in answer(desk, line, seals.receipts(pack.pk)[line])
