"""/metrics shows what all web processes have counted, to a program that has the token."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from purchases.models import Org
from studio.database import backup
from studio.doctor import LOOKS, figures
from studio.doctor.result import Level, error, ok
from studio.metrics import counters, text
from studio.metrics.counters import KINDS, LIMITS, OUTCOMES, kind_of
from tests.factories import make_purchase
from tests.outages.site import Person, database_url, form_for, running_site, signed_in
from tests.processes import ROOT, manage
from tests.seals.sealing import seal_now

METRICS = reverse("metrics")
TOKEN = "a-token-for-this-test-alone-0123456789"
ALERTS = ROOT / "docs" / "deployment" / "alerts.yml"
SAMPLE = re.compile(r"^([a-z_]+)(?:\{([^}]*)\})? ([0-9.e+]+)$")


def samples(written: str) -> dict[tuple[str, str], float]:
    """Return the value of each name with its labels. Fail at a line without the text form."""
    found = {}
    for line in written.splitlines():
        if not line.startswith("# "):
            match = SAMPLE.match(line)
            assert match, line
            found[match[1], match[2] or ""] = float(match[3])
    return found


@pytest.fixture
def own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    values = memoryview(bytearray(counters.SIZE * 8)).cast("d")
    monkeypatch.setattr(counters._Numbers, "values", values)
    monkeypatch.setattr(counters._Numbers, "folder", None)


# --- The token ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer ü"])
def test_without_the_token_there_is_no_such_page(settings: Settings, header: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert Client().get(METRICS, headers={"Authorization": header}).status_code == 404


@pytest.mark.django_db
def test_without_the_setting_there_is_no_such_page(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get(METRICS, headers={"Authorization": "Bearer "}).status_code == 404


def test_with_the_token_the_page_needs_no_database(settings: Settings, own_numbers: None) -> None:
    settings.METRICS_TOKEN = TOKEN
    response = Client().get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response["Content-Type"] == text.CONTENT_TYPE
    assert samples(response.content.decode())["studio_processes", ""] == 1


def test_a_short_token_stops_the_start() -> None:
    check = manage("check", SECRET_KEY="x" * 50, METRICS_TOKEN="short")
    assert check.returncode != 0
    assert "METRICS_TOKEN has 5 characters: write at least 32" in check.stderr


# --- The numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/purchases/1/reinstate/", "action"),
        ("POST", "/events/1/undo/", "action"),
        ("GET", "/purchases/", "page"),
        ("POST", "/accounts/login/", "page"),
        ("GET", reverse("purchases:changes"), "poll"),
    ],
)
def test_each_request_has_a_kind(method: str, path: str, kind: str) -> None:
    assert kind_of(method, path) == kind


def test_requests_are_counted_by_kind_outcome_and_time(own_numbers: None) -> None:
    for status, seconds in ((200, 0.001), (302, 0.3), (409, 0.02), (503, 9.0)):
        counters.count_request("action", status, seconds)
    counters.count_wait(0.5)
    found = samples(text.of_processes())
    counted = [found["studio_requests_total", f'kind="action",outcome="{o}"'] for o in OUTCOMES]
    assert counted == [2, 1, 1]
    buckets = [
        found["studio_request_seconds_bucket", f'kind="action",le="{le}"']
        for le in ("0.0025", "0.025", "0.25", "0.5", "8", "+Inf")
    ]
    assert buckets == [1, 2, 2, 3, 3, 4]
    assert found["studio_request_seconds_sum", 'kind="action"'] == pytest.approx(9.321)
    assert found["studio_request_seconds_count", 'kind="action"'] == 4
    assert found["studio_database_waits_total", ""] == 1
    assert found["studio_database_seconds_total", ""] == 0.5


def test_every_kind_has_every_line(own_numbers: None) -> None:
    found = samples(text.of_processes())
    assert len(found) == 1 + len(KINDS) * (len(OUTCOMES) + len(LIMITS) + 2) + 2
    assert {name for name, _ in found} <= exported_names()


COUNT = """
import sys
from studio.metrics import counters
counters.share()
counters.count_request("poll", 200, 0.1)
total = counters.totals()[counters.STARTS["poll"]]
print(int(total), counters.processes(), counters._Numbers.folder)
"""


def test_processes_of_one_parent_count_together_also_after_their_end(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    old = tmp_path / f"{counters.PREFIX}-{os.geteuid()}-1-never"
    old.mkdir()
    command = [sys.executable, "-c", COUNT]
    results = [
        subprocess.check_output(command, cwd=ROOT, env=environment).split() for _ in range(3)
    ]
    assert [int(total) for total, _, _ in results] == [1, 2, 3]
    assert [int(running) for _, running, _ in results] == [1, 1, 1]
    folder = Path(results[0][2].decode())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not old.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_workers_show_the_same_numbers(
    login: dict[str, str],
    collected: Path,
    northside: Org,
    mia: Any,
) -> None:
    pack = make_purchase(org=northside, total=10, used=5)
    with running_site(database_url(login), collected, workers=2, METRICS_TOKEN=TOKEN) as site:
        person = Person(site, signed_in(mia))
        form = form_for(person.get(), "use", pack.pk)
        for _ in range(6):
            assert person.submit(form, htmx=True).status_code == 200
        with site.connect() as browser:
            seen = set()
            for _ in range(10):
                headers = {"Authorization": f"Bearer {TOKEN}", "Connection": "close"}
                browser.request("GET", "/metrics", headers=headers)
                found = samples(browser.getresponse().read().decode())
                seen.add(found["studio_requests_total", 'kind="action",outcome="done"'])
                assert found["studio_processes", ""] == 2
                assert found["studio_database_waits_total", ""] > 6
                browser.close()
    assert seen == {6}


# --- The doctor -----------------------------------------------------------------------------------


@pytest.fixture
def doctor_file(settings: Settings, tmp_path: Path) -> Path:
    file = tmp_path / "doctor.prom"
    settings.METRICS_TOKEN, settings.DOCTOR_FILE = TOKEN, str(file)
    return file


@pytest.mark.django_db(transaction=True)
def test_the_page_has_the_results_of_the_doctor(doctor_file: Path, northside: Org) -> None:
    make_purchase(org=northside)
    assert seal_now() > 0
    backup.record("monday.dump", 1_000)
    figures.write(doctor_file, {"disk": error("No room: df -h /"), "pooler": ok("None.")})
    response = Client().get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})
    found = samples(response.content.decode())
    assert found["studio_doctor_level", 'look="disk"'] == Level.ERROR
    assert found["studio_doctor_level", 'look="pooler"'] == Level.OK
    # Both clocks are of one machine.
    looked, sealed = (found[f"studio_{n}_timestamp_seconds", ""] for n in ("doctor", "last_seal"))
    assert 0 < sealed <= looked
    assert {name for name, _ in found} == exported_names()
    assert list(doctor_file.parent.iterdir()) == [doctor_file]


def test_the_page_works_before_the_first_look(doctor_file: Path, own_numbers: None) -> None:
    assert Client().get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


# --- The alerts -----------------------------------------------------------------------------------


def exported_names() -> set[str]:
    """Return the names of the samples. A histogram has three."""
    names = set()
    for name, (kind, _) in text.METRICS.items():
        parts = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        names |= {name + part for part in parts}
    return names


def test_every_metric_of_the_alerts_exists() -> None:
    named = set(re.findall(r"\bstudio_[a-z_]+", ALERTS.read_text()))
    assert len(named) >= 6
    assert named <= exported_names()


def test_every_look_of_the_alerts_exists() -> None:
    looks = {look.name for look in LOOKS}
    assert set(re.findall(r'look="([^"]+)"', ALERTS.read_text())) <= looks
    assert site_settings.DOCTOR_FILE == ""
