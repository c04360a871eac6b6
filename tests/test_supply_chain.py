"""`make audit` and `make sbom` say what is known about the packages of the site."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

NOT_CHECKED = "No database of advisories could be reached, so no package was checked.\n"
DJANGO = {"name": "django", "version": "5.2.19", "vulns": []}
VULNERABLE = {
    "name": "jinja2",
    "version": "3.1.6",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.7"], "aliases": []}],
}
SKIPPED = {"name": "granian", "skip_reason": "Dependency not found on PyPI"}


def audit(folder: Path, *, stdout: str = "", stderr: str = "", status: int = 0) -> tuple[int, str]:
    """Run `.ci/audit.py` with a program that answers as pip-audit would."""
    program = folder / "pip-audit"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"sys.stdout.write({stdout!r})\nsys.stderr.write({stderr!r})\nsys.exit({status})\n"
    )
    program.chmod(0o755)
    run = subprocess.run(
        [sys.executable, ".ci/audit.py", str(program), "requirements.txt"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def answer(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_known_vulnerability_is_named_and_fails(tmp_path: Path) -> None:
    status, text = audit(tmp_path, stdout=answer(DJANGO, VULNERABLE), status=1)

    assert status == 1
    assert "jinja2 3.1.6 has PYSEC-2026-1, fixed in 3.1.7." in text
    assert "1 of 2 checked packages have a known vulnerability." in text


def test_packages_without_a_vulnerability_pass(tmp_path: Path) -> None:
    status, text = audit(tmp_path, stdout=answer(DJANGO))

    assert (status, text) == (0, "0 of 1 checked packages have a known vulnerability.\n")


@pytest.mark.parametrize(
    "stderr",
    [
        "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed\n",
        "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='pypi.org', port=443)\n",
    ],
)
def test_a_database_that_cannot_be_reached_is_reported(tmp_path: Path, stderr: str) -> None:
    assert audit(tmp_path, stderr=stderr, status=1) == (0, NOT_CHECKED)


def test_a_mirror_without_advisories_is_no_clean_result(tmp_path: Path) -> None:
    assert audit(tmp_path, stdout=answer(SKIPPED)) == (0, NOT_CHECKED)


def test_a_package_that_was_not_checked_is_named(tmp_path: Path) -> None:
    status, text = audit(tmp_path, stdout=answer(DJANGO, SKIPPED))

    assert status == 0
    assert "Not checked, because the database does not have them: granian" in text


def test_any_other_error_of_the_program_fails(tmp_path: Path) -> None:
    assert audit(tmp_path, stderr="invalid requirements input\n", status=1) == (1, "")


def test_the_makefile_audits_every_lock_file_and_lists_those_of_the_site() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [audited] = [line for line in makefile.splitlines() if ".ci/audit.py" in line]
    [listed] = [line for line in makefile.splitlines() if "cyclonedx-py requirements" in line]

    assert {"requirements-dev.txt", "requirements-audit.txt"} <= set(audited.split())
    assert "requirements.txt" in listed.split()
