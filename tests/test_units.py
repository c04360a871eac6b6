"""The units for systemd are valid and hardened, and restart what they run."""

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = settings.BASE_DIR / "docs" / "deployment"
UNITS = sorted(FOLDER.glob("*.service"))
TIMERS = sorted(FOLDER.glob("*.timer"))
# A unit that a timer starts ends by itself.
STARTED_BY_TIMER = {timer.stem for timer in TIMERS}
SERVERS = [unit for unit in UNITS if unit.stem not in STARTED_BY_TIMER]
MOST_EXPOSED = 2.0
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is missing: apt install systemd"
)
each_server = pytest.mark.parametrize("unit", SERVERS, ids=[unit.stem for unit in SERVERS])
each_unit = pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])


def installed(unit: Path, folder: Path) -> Path:
    """Return a copy of the unit with the programs of this machine."""
    programs = f"{Path(sys.executable).parent}/"
    copy = folder / unit.name
    copy.write_text(unit.read_text().replace("/srv/studio/.venv/bin/", programs))
    return copy


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_systemd
@each_unit
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    verified = analyze("verify", installed(unit, tmp_path))
    assert verified.returncode == 0, verified.stderr
    assert unit.name not in verified.stderr, verified.stderr


@needs_systemd
@each_unit
def test_the_unit_is_hardened(unit: Path, tmp_path: Path) -> None:
    security = analyze("security", "--offline=true", "--no-pager", installed(unit, tmp_path))
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", security.stdout)
    assert level, security.stderr
    assert float(level[1]) < MOST_EXPOSED


@each_server
def test_the_unit_restarts_for_ever_and_leaves_no_process(unit: Path) -> None:
    parser = RawConfigParser(strict=False)
    parser.read(unit)
    assert parser["Unit"]["StartLimitIntervalSec"] == "0"
    assert parser["Service"]["Restart"] == "always"
    assert parser["Service"]["KillMode"] == "mixed"


@needs_systemd
@pytest.mark.parametrize("timer", TIMERS, ids=[timer.stem for timer in TIMERS])
def test_systemd_accepts_the_timer_and_its_unit(timer: Path, tmp_path: Path) -> None:
    unit = installed(timer.with_suffix(".service"), tmp_path)
    verified = analyze("verify", installed(timer, tmp_path), unit)
    assert verified.returncode == 0, verified.stderr
    assert timer.stem not in verified.stderr, verified.stderr
    parser = RawConfigParser(strict=False)
    parser.read(timer.with_suffix(".service"))
    assert parser["Service"]["Type"] == "oneshot"
    calendar = RawConfigParser(strict=False)
    calendar.read(timer)
    assert analyze("calendar", calendar["Timer"]["OnCalendar"]).returncode == 0


def test_the_guide_names_each_unit() -> None:
    guide = (settings.BASE_DIR / "docs" / "deployment.md").read_text()
    assert SERVERS
    assert TIMERS
    for unit in [*UNITS, *TIMERS]:
        assert f"(deployment/{unit.name})" in guide
