"""The static files as production serves them: names with a hash, also in JavaScript's imports."""

import re
from pathlib import Path

IMPORT = re.compile(r"""^import .* from ["']\./([^"']+)["'];$""", re.MULTILINE)
HASHED = re.compile(r"\w+\.[0-9a-f]{12}\.js")


def test_every_import_names_a_hashed_file(collected: Path) -> None:
    """An unhashed name would load the module a second time, with a state of its own."""
    folder = collected / "static" / "studio"
    imports = {
        path.name: IMPORT.findall(path.read_text())
        for path in folder.glob("*.js")
        if HASHED.fullmatch(path.name)
    }

    assert len(imports) == 6
    names = {name for names in imports.values() for name in names}
    assert len(names) == 2, "keyboard.js and studio.js"
    assert {name for name in names if not HASHED.fullmatch(name)} == set()
    assert {name for name in names if not (folder / name).exists()} == set()
