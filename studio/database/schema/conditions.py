"""The conditions of CHECK constraints, as PostgreSQL prints them.

PostgreSQL prints `(a, b, c) IS DISTINCT FROM (d, e, f)` as `((a … OR b …) OR c …)`. After a dump
and a restore it prints the same condition as `(a … OR b … OR c …)`.
"""

import re

PIECES = re.compile(r"'(?:[^']|'')*'|[()]|[^'()]+")


def flattened(statement: str) -> str:
    """Return the statement without parentheses between equal operators, AND or OR."""
    # Each open group: its text so far, and the texts of the groups in it.
    open_groups: list[list[str]] = [[]]
    for piece in PIECES.findall(statement):
        if piece == "(":
            open_groups.append([])
        elif piece == ")" and len(open_groups) > 1:
            group = open_groups.pop()
            open_groups[-1].append(f"({_joined(group)})")
        else:
            open_groups[-1].append(piece)
    return "".join(_joined(group) for group in open_groups)


def _joined(group: list[str]) -> str:
    """Return the text of a group, with the parts of inner groups that have the same operator."""
    operator = _operator(group)
    return "".join(
        part[1:-1] if part.startswith("(") and operator and _inner(part) == operator else part
        for part in group
    )


def _operator(parts: list[str]) -> str | None:
    """Return the operator between the parts. Return None without one, and for two of them."""
    own = " ".join(part for part in parts if part[0] not in "('")
    found = {word for word in ("AND", "OR") if re.search(rf"\b{word}\b", own)}
    return found.pop() if len(found) == 1 and "BETWEEN" not in own else None


def _inner(part: str) -> str | None:
    depth, own = 0, []
    for piece in PIECES.findall(part[1:-1]):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth == 0 and piece not in "()":
            own.append(piece)
    return _operator(own)
