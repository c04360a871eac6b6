"""Run the site in production mode under Lighthouse and the Nu HTML checker (`make lighthouse`).

Lighthouse visits the pages of the demo studio as a desktop and as a phone. Each page must score
100 for accessibility, best practices and performance. The checker reads every page and fragment
that the tests request, except the admin's, and must find no error. npm installs both tools in
var/lighthouse, which also gets the reports.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

BASE_DIR = Path(__file__).resolve().parent.parent
FOLDER = BASE_DIR / "var" / "lighthouse"
TOOLS = ["lighthouse@12.8.2", "vnu-jar@26.9.27"]
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
CATEGORIES = ["accessibility", "best-practices", "performance"]
TARGET = 100
# A page that scores less is visited this often, and the median counts, because the machine may be
# busy.
VISITS = 3
DEVICES = {"desktop": ["--preset=desktop"], "mobile": []}
LOGIN = "/accounts/login/"
# Lighthouse and Playwright share one browser by it.
DEBUGGING_PORT = 9333
OWNER_PAGES = {
    "first-screen": "/purchases/",
    "search": "/purchases/?q=an",
    "new-client": "/clients/add/",
    "sell": "/sell/",
    "people": "/people/",
    "invite": "/people/invite/",
    "studio": "/studio/",
    "offers": "/offers/",
    "new-offer": "/offers/new/",
    "import": "/import/",
    "balances": "/import/balances/",
    "export": "/export/",
    "seals": "/seals/",
}
# Errors in data of other programs: the site shows a client's name unchanged.
IN_THE_DATA = {"Astral non-character."}
# Folders of slow tests that request no other pages.
NO_PAGES = {"browser", "outages", "roles"}
NEEDED = {"npm": "nodejs npm", "java": "default-jre-headless", "chromium": "chromium"}


def main() -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    for command, packages in NEEDED.items():
        if not (browser if command == "chromium" else shutil.which(command)):
            sys.exit(f"make lighthouse needs {command}: apt-get install {packages}")
    os.environ["CHROME_PATH"] = str(browser)
    FOLDER.mkdir(parents=True, exist_ok=True)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *TOOLS)
    all_is_well = visit_the_pages()
    all_is_well &= check_the_html()
    sys.exit(not all_is_well)


def run(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=FOLDER, check=True, text=True, **options)


# --- Lighthouse -----------------------------------------------------------------------------------


def visit_the_pages() -> bool:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = subprocess.Popen(
        [sys.executable, "-m", "studio.serve"],
        cwd=BASE_DIR,
        env=os.environ | environment() | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert site.stdout
        if not any("Studio is at" in line for line in site.stdout):
            sys.exit("The site did not start.")
        address = f"http://127.0.0.1:{port}"
        print(f"{'':22}", *(f"{category:>16}" for category in CATEGORIES))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch_persistent_context(
                mkdtemp(),
                executable_path=os.environ["CHROME_PATH"],
                args=[f"--remote-debugging-port={DEBUGGING_PORT}"],
                chromium_sandbox=not is_root(),
            )
            missed = [page for page in pages(address, browser) if not score(*page)]
        return not missed
    finally:
        site.terminate()
        site.wait()


def environment() -> dict[str, str]:
    """Return the environment of `make run`, with a separate data folder."""
    return {"STUDIO_DATA_DIR": str(FOLDER / "data"), "DATABASE_URL": "", "DEBUG": "False"}


def pages(site: str, browser: BrowserContext) -> Iterator[tuple[str, str]]:
    """Yield name and URL of each page to visit, and sign the browser in for it."""
    yield "sign-in", site + LOGIN
    desk = sign_in(site, browser, "desk")
    yield "desk", f"{site}/purchases/"
    yield "purchase", site + first(r'href="(/purchases/[0-9a-f-]{36}/)"', desk)
    yield "client", site + first(r'href="(/clients/[0-9a-f-]{36}/)"', desk)
    sign_in(site, browser, "owner")
    for name, path in OWNER_PAGES.items():
        yield name, site + path


def sign_in(site: str, browser: BrowserContext, username: str) -> str:
    """Sign in, and return the first page."""
    browser.clear_cookies()
    page = browser.new_page()
    page.goto(site + LOGIN)
    page.fill("[name=username]", username)
    page.fill("[name=password]", "studio-demo")
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{site}/purchases/")
    desk = page.content()
    page.close()
    return desk


def first(pattern: str, html: str) -> str:
    found = re.search(pattern, html)
    return found[1] if found else sys.exit(f"A page has no {pattern}.")


def is_root() -> bool:
    """Return whether Chromium has no sandbox, because it refuses one to root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def score(name: str, url: str) -> bool:
    all_is_well = True
    for device, options in DEVICES.items():
        visits: list[dict[str, int]] = []
        while len(visits) < (VISITS if visits and min(visits[0].values()) < TARGET else 1):
            visits.append(lighthouse(url, FOLDER / f"{name}-{device}.json", options))
        scores = {each: int(median(visit[each] for visit in visits)) for each in CATEGORIES}
        all_is_well &= min(scores.values()) >= TARGET
        print(f"{name + ', ' + device:22}", *(f"{scores[each]:16}" for each in CATEGORIES))
    return all_is_well


def lighthouse(url: str, report: Path, options: list[str]) -> dict[str, int]:
    """Return the score of each category, of 100. The report has the details."""
    run(
        FOLDER / "node_modules" / ".bin" / "lighthouse",
        url,
        "--quiet",
        f"--port={DEBUGGING_PORT}",
        # Keep the cookies of the sign-in.
        "--disable-storage-reset",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--output-path={report}",
        "--output=json",
        *options,
    )
    found = json.loads(report.read_text())
    if found["finalDisplayedUrl"] != url:
        sys.exit(f"{url} led to {found['finalDisplayedUrl']}.")
    return {each: round(100 * (found["categories"][each]["score"] or 0)) for each in CATEGORIES}


# --- The Nu HTML checker --------------------------------------------------------------------------


def check_the_html() -> bool:
    folder = FOLDER / "html"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tests = [
        path
        for path in (BASE_DIR / "tests").rglob("test_*.py")
        if re.search(r"^from tests\S*pages import", path.read_text(), re.MULTILINE)
        and not NO_PAGES & set(path.parts)
    ]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "keep_html", *tests],
        cwd=BASE_DIR,
        env=os.environ | environment() | {"KEEP_HTML": str(folder), "PYTHONPATH": ".ci"},
        check=True,
    )
    checker = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", checker, "--format", "json", "--stdout", "--exit-zero-always"]
    found = json.loads(run(*command, folder, stdout=subprocess.PIPE).stdout)["messages"]
    errors = [
        message
        for message in found
        if message["type"] != "info" and message["message"] not in IN_THE_DATA
    ]
    for error in errors:
        print(Path(error.get("url", "")).name, error.get("lastLine", ""), error["message"])
    print(f"Nu HTML checker: {len(list(folder.iterdir()))} pages and answers, {len(errors)} errors")
    return not errors


if __name__ == "__main__":
    main()
