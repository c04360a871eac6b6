"""README names only tests, files, links and make targets that exist."""

import re

from django.conf import settings

README = (settings.BASE_DIR / "README.md").read_text()
TESTS = "\n".join(path.read_text() for path in (settings.BASE_DIR / "tests").rglob("*.py"))


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", README))
    assert len(named) > 10
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


def test_every_file_of_the_map_exists() -> None:
    [the_map] = re.findall(r"## The map\n\n```\n(.*?)```", README, re.DOTALL)
    folder, missing = "", []
    for line in the_map.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = name if name.endswith("/") else ""
        path = name if name == folder else folder + name
        if not (settings.BASE_DIR / path).exists():
            missing.append(path)
    assert missing == []


def test_every_link_has_a_target() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (settings.BASE_DIR / link).exists()] == []


def test_every_named_make_target_exists() -> None:
    makefile = (settings.BASE_DIR / "Makefile").read_text()
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test", "lint"} <= named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()
