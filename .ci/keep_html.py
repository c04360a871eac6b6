"""A pytest plugin that saves every page and fragment that the tests request, except the admin's.

Each is saved as a whole document in the folder KEEP_HTML, for the checker of `make lighthouse`.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.test import Client

FOLDER = Path(os.environ["KEEP_HTML"])
# Buttons of a fragment may refer to this form of the page.
DOCUMENT = (
    '<!doctype html><html lang="en"><head><title>Answer</title></head>'
    '<body><form id="lock"></form>{}</body></html>'
)
TABLE = f"<table><thead><tr>{5 * '<th>Head</th>'}</tr></thead><tbody>{{}}</tbody></table>"
ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
# Text that differs in each rendering: request ids and tokens.
PASSING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w:-]{32,}")


def pytest_configure() -> None:
    request = Client.request

    def keeping(client: Client, **environ: Any) -> Any:
        response = request(client, **environ)
        if not environ["PATH_INFO"].startswith("/admin/"):
            keep(environ["PATH_INFO"], response)
        return response

    Client.request = keeping  # type: ignore[method-assign]


def keep(path: str, response: Any) -> None:
    if not getattr(response, "content", b"") or "html" not in response["Content-Type"]:
        return
    html = response.content.decode()
    if not html.lstrip().startswith("<!doctype"):
        # htmx puts rows into the table, and the rest of the fragment elsewhere.
        if html.lstrip().startswith("<tr"):
            html = TABLE.format("".join(ROW.findall(html))) + ROW.sub("", html)
        html = DOCUMENT.format(html)
    same = hashlib.sha256(PASSING.sub("", html).encode()).hexdigest()[:12]
    name = re.sub(r"\W+", "-", PASSING.sub("id", path)).strip("-") or "home"
    (FOLDER / f"{name}-{response.status_code}-{same}.html").write_text(html)
