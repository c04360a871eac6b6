"""The pages of an import: file, columns, people and packs, done, undo."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from purchases.imports import worker
from purchases.models import Client, Import, Org, Purchase
from studio.middleware import whole_request
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer
from tests.imports.planned import FILES

START = "/import/"


@pytest.fixture
def browser(olivia: User, signed_in: SignIn) -> Browser:
    return signed_in(olivia)


def upload(
    browser: Browser, name: str, content: bytes | None = None, **fields: str
) -> HttpResponseBase:
    content = (FILES / name).read_bytes() if content is None else content
    file = SimpleUploadedFile(name, content)
    return browser.post(START, {"import_id": str(uuid4()), "file": file, **fields})


def choose(browser: Browser, url: str, **chosen: str) -> HttpResponseBase:
    """Send the form of the columns as the page shows it, with some choices changed."""
    page = browser.get(url).content.decode()
    fields: dict[str, str] = {}
    for select in re.finditer(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        selected = re.search(r'value="([^"]*)" selected', select[2])
        fields[select[1]] = selected[1] if selected else ""
    for number in re.finditer(r'name="(sessions-\d+)"[^>]*?value="([^"]*)"', page, re.S):
        fields[number[1]] = number[2]
    return browser.post(url, fields | chosen)


def press(browser: Browser, url: str) -> HttpResponseBase:
    page = browser.get(url).content.decode()
    if 'id="planning"' in page:
        page = browser.get(url).content.decode()
    found = re.search(r'name="plan_hash" value="([0-9a-f]+)"', page)
    return browser.post(url, {"plan_hash": found[1] if found else ""})


def import_file(browser: Browser, name: str, content: bytes | None = None, **chosen: str) -> Import:
    columns = upload(browser, name, content)["Location"]
    check = choose(browser, columns, **chosen)["Location"]
    assert check.endswith("/check/"), check
    assert press(browser, check).status_code == 302
    return Import.objects.order_by("-created_at")[0]


def text_of(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return " ".join(unescape(re.sub("<[^>]+>", " ", response.content.decode())).split())


def test_nothing_is_written_before_the_last_press(browser: Browser, northside: Org) -> None:
    columns = upload(browser, "package_tracker.csv")["Location"]
    assert "Trainer Email" in text_of(browser.get(columns))
    check = choose(browser, columns)["Location"]
    shown = text_of(browser.get(check))
    assert "Clients to add 2" in shown
    assert "row 4 Sam O?Neil 11 are left, but only 10 were bought." in shown
    assert not Client.objects.exists()
    assert not Purchase.objects.exists()
    done = press(browser, check)["Location"]
    assert "Clients added: 2 · Packs added: 2" in text_of(browser.get(done))
    assert Client.objects.count() == 2
    assert Purchase.objects.count() == 2


def test_a_press_is_refused_if_something_changed_since_the_preview(
    browser: Browser, northside: Org
) -> None:
    check = choose(browser, upload(browser, "package_tracker.csv")["Location"])["Location"]
    page = browser.get(check).content.decode()
    plan_hash = re.search(r'name="plan_hash" value="([0-9a-f]+)"', page)
    assert plan_hash
    make_client(org=northside, name="Nadia Rossi", email="nadia@example.com")
    answer = browser.post(check, {"plan_hash": plan_hash[1]})
    assert answer.status_code == 409
    assert "Something has changed since this preview" in text_of(answer)
    assert not Purchase.objects.exists()
    assert press(browser, check).status_code == 302
    assert Client.objects.filter(full_name="Nadia Rossi").count() == 1


def test_a_second_press_writes_nothing_again(browser: Browser) -> None:
    check = choose(browser, upload(browser, "package_tracker.csv")["Location"])["Location"]
    page = browser.get(check).content.decode()
    plan_hash = re.search(r'name="plan_hash" value="([0-9a-f]+)"', page)
    assert plan_hash
    for _ in range(2):
        assert browser.post(check, {"plan_hash": plan_hash[1]}).status_code == 302
    assert Purchase.objects.count() == 2


def test_the_same_file_adds_nothing_and_says_who_imported_it(browser: Browser) -> None:
    import_file(browser, "package_tracker.csv")
    check = choose(browser, upload(browser, "package_tracker.csv")["Location"])["Location"]
    shown = text_of(browser.get(check))
    assert "Olivia imported this file on" in shown
    assert "This file adds nothing." in shown
    assert press(browser, check).status_code == 400
    assert Purchase.objects.count() == 2


def test_the_order_of_dates_is_asked_only_if_no_row_settles_it(browser: Browser) -> None:
    columns = upload(browser, "punchpass_us.csv")["Location"]
    assert "Day first" in text_of(browser.get(columns))
    assert choose(browser, columns)["Location"] == columns
    check = choose(browser, columns, order="mdy")["Location"]
    assert check.endswith("/check/")
    settled = upload(browser, "wellnessliving.csv")["Location"]
    assert "Day first" not in text_of(browser.get(settled))


def test_the_sessions_of_a_pack_are_asked_once_per_name(browser: Browser) -> None:
    columns = upload(browser, "plain.xlsx")["Location"]
    shown = text_of(browser.get(columns))
    assert "How many sessions does each pack have when it is new?" in shown
    assert "Ten classes" in shown
    import_file(browser, "plain.xlsx", None, **{"sessions-0": "10", "sessions-1": "2"})
    assert sorted(Purchase.objects.values_list("sessions_used", "sessions_total")) == [
        (1, 2),
        (7, 10),
        (7, 10),
    ]


def test_a_column_can_be_corrected_or_not_read(browser: Browser) -> None:
    import_file(
        browser,
        "my_music_staff.csv",
        None,
        **{"column-0": "", "column-1": "", "column-3": "first_name", "column-4": "last_name"},
    )
    assert sorted(Client.objects.values_list("full_name", flat=True)) == [
        "Anu Pillai",
        "Toby Marsh",
    ]


def test_letters_that_look_wrong_are_read_again(browser: Browser) -> None:
    content = "Name,Email\nZoë Müßig,zoe@example.com\n".encode("cp850")
    columns = upload(browser, "a.csv", content)["Location"]
    assert "Zoë Müßig" not in text_of(browser.get(columns))
    assert choose(browser, columns, encoding="cp850")["Location"] == columns
    assert "Zoë Müßig" in text_of(browser.get(columns))
    assert choose(browser, columns)["Location"].endswith("/check/")


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.pdf", b"%PDF", "ends in .csv"),
        ("a.csv", b"", "empty"),
        ("a.xlsx", b"PK broken", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    browser: Browser, name: str, content: bytes, text: str
) -> None:
    answer = upload(browser, name, content)
    assert answer.status_code == 400
    assert text in text_of(answer)
    assert not Import.objects.exists()


def test_a_file_that_is_longer_than_other_requests_is_read(browser: Browser) -> None:
    content = f"Name,Notes\nAna Ruiz,{'x' * 3_000_000}\n".encode()
    assert upload(browser, "a.csv", content).status_code == 302
    import_file(browser, "a.csv", content)
    notes = Client.objects.get().notes
    assert notes
    assert len(notes) == 2_000


def test_a_truncated_upload_is_refused() -> None:
    request = WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": START,
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": "4",
            "wsgi.input": BytesIO(b"abc"),
        }
    )
    with pytest.raises(BadRequest, match="only a part"):
        whole_request(lambda request: HttpResponse())(request)


def test_a_form_without_a_file_is_refused_in_words(browser: Browser) -> None:
    answer = browser.post(START, {"import_id": str(uuid4())})
    assert answer.status_code == 400
    assert "Choose a file." in text_of(answer)


def test_odd_values_of_the_forms_change_nothing(browser: Browser) -> None:
    columns = upload(browser, "package_tracker.csv")["Location"]
    for fields in ({"column-0": "password"}, {"encoding": "utf-7"}, {"order": "ymd"}):
        assert choose(browser, columns, **fields).status_code == 400
    check = columns.replace("columns", "check")
    for fields in ({}, {"plan_hash": "x" * 65}):
        assert browser.post(check, fields).status_code == 400
    assert browser.post(check, {"plan_hash": "0" * 64}).status_code == 409
    assert not Client.objects.exists()


def test_a_new_file_removes_the_draft_before_it(browser: Browser) -> None:
    first = upload(browser, "package_tracker.csv")["Location"]
    upload(browser, "plain.xlsx")
    assert Import.objects.exclude(content=None).count() == 1
    page = browser.get(first, follow=True)
    assert "replaced by a newer one" in text_of(page)


def test_an_import_is_undone_by_one_press(browser: Browser) -> None:
    imported = import_file(browser, "package_tracker.csv")
    answer = browser.post(reverse("purchases:undo_import", args=[imported.pk]))
    assert "This import was undone." in text_of(browser.get(answer["Location"]))
    assert not Client.objects.exists()
    assert not Purchase.objects.exists()


def test_an_import_with_a_used_pack_is_not_undone(browser: Browser) -> None:
    imported = import_file(browser, "package_tracker.csv")
    Purchase.objects.filter(sessions_total=10).update(sessions_used=5)
    answer = browser.post(reverse("purchases:undo_import", args=[imported.pk]))
    assert answer.status_code == 409
    assert "used or changed since" in text_of(answer)
    assert Purchase.objects.count() == 2


def test_a_stopped_import_goes_on_when_its_page_is_opened(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(worker, "start_thread", lambda id_, _: worker._running.discard(id_))
        imported = import_file(browser, "package_tracker.csv")
    url = reverse("purchases:import_detail", args=[imported.pk])
    assert "0 of 3 rows are imported." in text_of(browser.get(url))
    assert not Purchase.objects.exists()
    Import.objects.update(worked_at=timezone.now() - 2 * worker.SILENCE)
    browser.get(url)
    assert "Packs added: 2" in text_of(browser.get(url))
    assert Purchase.objects.count() == 2


def test_a_running_import_polls_and_a_finished_one_does_not(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(worker, "start_thread", lambda id_, _: worker._running.discard(id_))
        imported = import_file(browser, "package_tracker.csv")
    url = reverse("purchases:import_detail", args=[imported.pk])
    fragment = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'data-hx-trigger="every 1s"' in fragment
    assert "<html" not in fragment
    worker.work(imported.pk)
    assert "every 1s" not in browser.get(url).content.decode()


def test_the_history_says_who_imported_the_pack_from_which_file(browser: Browser) -> None:
    import_file(browser, "package_tracker.csv")
    pack = Purchase.objects.get(sessions_total=10)
    shown = text_of(browser.get(reverse("purchases:purchase_detail", args=[pack.pk])))
    assert "Imported from package_tracker.csv" in shown
    assert "Olivia" in shown


def balances(browser: Browser, **fields: object) -> HttpResponseBase:
    url = reverse("purchases:import_balances")
    values = {"import_id": uuid4(), "pack": "Ten classes", "sessions": 10, **fields}
    return browser.post(url, {name: str(value) for name, value in values.items()})


def test_typed_balances_are_saved_as_one_import(browser: Browser, northside: Org) -> None:
    ana, ben = (make_client(org=northside, name=name) for name in ("Ana Ruiz", "Ben Ode"))
    make_client(org=northside, name="Zoë Ng")
    make_offer(org=northside, name="Ten classes")
    assert "Zoë Ng" in text_of(browser.get(reverse("purchases:import_balances")))
    typed = {f"left-{ana.pk}": 3, f"until-{ana.pk}": "2027-02-28", f"left-{ben.pk}": 0}
    request = uuid4()
    for _ in range(2):
        assert balances(browser, import_id=request, **typed).status_code == 302
    packs = Purchase.objects.order_by("client__full_name")
    assert [(p.client.full_name, p.sessions_remaining, p.sessions_total) for p in packs] == [
        ("Ana Ruiz", 3, 10),
        ("Ben Ode", 0, 10),
    ]
    assert Import.objects.get().state == "done"
    assert "Zoë Ng" in text_of(browser.get(reverse("purchases:import_balances")))
    assert "Ana Ruiz" not in text_of(browser.get(reverse("purchases:import_balances")))


def test_the_grid_shows_the_clients_of_an_import(browser: Browser, northside: Org) -> None:
    make_client(org=northside, name="Zoë Ng")
    imported = import_file(browser, "magicline.csv")
    shown = text_of(browser.get(reverse("purchases:import_balances"), {"of": str(imported.pk)}))
    assert "Jürgen Müßig" in shown
    assert "Zoë Ng" not in shown


def test_a_balance_that_cannot_be_right_saves_nothing(browser: Browser, northside: Org) -> None:
    ana, ben = (make_client(org=northside, name=name) for name in ("Ana Ruiz", "Ben Ode"))
    answer = balances(browser, **{f"left-{ana.pk}": 11, f"left-{ben.pk}": 3})
    assert answer.status_code == 400
    assert "11 are left, but only 10 were bought." in text_of(answer)
    for fields in ({"pack": ""}, {"sessions": "x"}, {f"left-{ana.pk}": "x"}, {"import_id": "x"}):
        assert balances(browser, **{f"left-{ben.pk}": 3, **fields}).status_code == 400
    assert balances(browser).status_code == 409
    assert not Import.objects.exists()
    assert not Purchase.objects.exists()


def test_balances_of_another_studios_clients_are_refused(
    browser: Browser, northside: Org, southside: Org
) -> None:
    make_client(org=northside)
    other = make_client(org=southside, name="Sara")
    assert balances(browser, **{f"left-{other.pk}": 3}).status_code == 400
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("who", ["mia", "ada"])
def test_only_owners_import(
    who: str, request: pytest.FixtureRequest, signed_in: Callable[[User], Browser]
) -> None:
    other = signed_in(request.getfixturevalue(who))
    assert upload(other, "package_tracker.csv").status_code == 403
    assert balances(other).status_code == 403
    assert not Import.objects.exists()
