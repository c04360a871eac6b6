"""Forms that notice a change by somebody else since their page was loaded.

The form carries the values of its page as JSON. Only the values that the person changed are theirs:
all others follow what is stored.
"""

import json
from collections.abc import Mapping
from typing import Any

# The hidden field with the values of the page.
LOADED = "loaded"


def dumped(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True)


def loaded_from(text: str) -> dict[str, Any]:
    """Return the values of the page. A form without readable values counts as a stale one."""
    try:
        values = json.loads(text)
    # Python reads a thousand nested lists at most.
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


class ChangedSince(Exception):
    """Somebody else has changed values since the page was loaded. Nothing was saved."""

    def __init__(self, current: Mapping[str, Any], loaded: Mapping[str, Any]) -> None:
        super().__init__()
        self.current, self.loaded = current, loaded
        self.names = [name for name in current if current[name] != loaded.get(name)]

    def merged(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the person typed, and the stored value of every field they left alone."""
        return {
            name: typed[name] if typed.get(name) != self.loaded.get(name) else current
            for name, current in self.current.items()
        }
