"""The requirement files name every package that the code imports, and the lock files match them."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import ROOT

OUR_OWN = {"benchmarks", "purchases", "studio", "tests"}


def declared(file: str) -> set[str]:
    """The normalised names of the packages in a requirement file and in the files it includes."""
    text = (ROOT / file).read_text()
    included = [declared(name) for name in re.findall(r"^-r (\S+)", text, re.MULTILINE)]
    named = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE)
    return {normalised(name) for name in named}.union(*included)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> set[str]:
    """The top-level names of all modules that the Python files below the folder import."""
    modules: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.split(".")[0])
    return modules - sys.stdlib_module_names - OUR_OWN


DISTRIBUTIONS = packages_distributions()
# Jinja2 depends on markupsafe and returns its types.
BROUGHT_ALONG = {"markupsafe": "jinja2"}


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        ("studio", "requirements.in"),
        ("purchases", "requirements.in"),
        ("tests", "requirements-dev.in"),
    ],
)
def test_every_imported_package_is_declared(folder: str, file: str) -> None:
    names = declared(file)

    missing = {
        module
        for module in imported(ROOT / folder)
        if not {normalised(name) for name in DISTRIBUTIONS.get(module, [module])} & names
        and BROUGHT_ALONG.get(module) not in names
    }

    assert missing == set()


def pins(name: str) -> dict[str, str]:
    """Return the version of each package that a requirements file pins."""
    text = (settings.BASE_DIR / name).read_text()
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE)
    return {package.lower().replace("_", "-"): version for package, version in found}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-audit"])
def test_the_lock_file_has_every_direct_requirement(name: str) -> None:
    direct, locked = pins(f"{name}.in"), pins(f"{name}.txt")

    assert direct
    assert {package: locked.get(package) for package in direct} == direct, "run `make lock`"


def test_the_two_lock_files_agree() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-audit.txt"]
)
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=[\w.-]+==)", (settings.BASE_DIR / name).read_text(), flags=re.M)[1:]

    assert len(entries) == len(pins(name))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
