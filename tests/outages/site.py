"""The site as a deployment runs it, in processes of its own, and the people in front of it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from socket import create_server
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import psutil
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from studio.models import User
from studio.serve import wait_until_it_answers, web_server
from tests.database import PATIENCE
from tests.pages import LIST
from tests.processes import ROOT, UNSET

Act = Literal["reinstate", "use", "undo"]
APPLICATION = "studio.wsgi:application"


@dataclass(frozen=True)
class Site:
    port: int
    pid: int

    @property
    def workers(self) -> set[int]:
        return {child.pid for child in psutil.Process(self.pid).children(recursive=True)}

    def connect(self) -> closing[HTTPConnection]:
        return closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE))

    def healthz(self) -> tuple[int, object]:
        with self.connect() as line:
            line.request("GET", "/healthz")
            response = line.getresponse()
            return response.status, json.loads(response.read())


@contextmanager
def running_site(
    database_url: str, data_dir: Path, *, workers: int = 1, application: str = APPLICATION
) -> Iterator[Site]:
    """`data_dir` holds the collected static files."""
    with create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    environment = UNSET | {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "STUDIO_DATA_DIR": str(data_dir),
        "HTTPS": "False",
    }
    with (data_dir / "site.log").open("ab") as log:
        server = subprocess.Popen(
            web_server(str(port), application, workers=workers),
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(server, str(port))
        yield Site(port, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def signed_in(user: User) -> dict[str, str]:
    """The cookies that a browser has by then."""
    browser = Client()
    browser.force_login(user)
    return {name: cookie.value for name, cookie in browser.cookies.items()}


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]
    # the row that the answer replaces, where htmx sends the form
    row: str | None

    def __or__(self, changed: dict[str, str]) -> "Form":
        return Form(self.action, self.fields | changed, self.row)


class FormsOf(HTMLParser):
    """The forms of a page, as a browser sends them by their first button."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.row: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self.row = given.get("id")
        elif tag == "form":
            row = given.get("data-hx-target", f"#{self.row}").removeprefix("#")
            self.forms.append(
                Form(given.get("action", ""), {}, row if "data-hx-post" in given else None)
            )
        elif tag == "input" and self.forms and "name" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")


class Person:
    """Somebody signed in, and their browser."""

    def __init__(self, site: Site, cookies: dict[str, str]) -> None:
        self.site = site
        self.cookies = dict(cookies)

    def get(self, path: str = LIST) -> HttpResponse:
        return self.send("GET", path, None, {})

    def press(self, form: Form, *, htmx: bool = False) -> HttpResponse:
        """What the person sees next: without htmx, the page to which the answer leads."""
        headers = self.htmx_headers(form) if htmx else {}
        answer = self.send("POST", form.action, form.fields, headers)
        return self.get(answer.headers["Location"]) if answer.status_code == 302 else answer

    @contextmanager
    def leaving(self, form: Form, *, sent: float = 1) -> Iterator[None]:
        """Press, and be gone before the answer is read; `sent` is the part of the form that was."""
        body = urlencode(form.fields).encode()
        headers = self.headers(form.fields) | {"Content-Length": str(len(body))}
        with self.site.connect() as line:
            line.putrequest("POST", form.action)
            for name, value in headers.items():
                line.putheader(name, value)
            line.endheaders(body[: round(len(body) * sent)])
            yield

    def headers(self, fields: dict[str, str] | None) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return headers | ({"Content-Type": "application/x-www-form-urlencoded"} if fields else {})

    def htmx_headers(self, form: Form) -> dict[str, str]:
        assert form.row, "htmx sends only what says so"
        return {"HX-Request": "true", "HX-Target": form.row}

    def send(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> HttpResponse:
        body = urlencode(fields) if fields else None
        with self.site.connect() as line:
            line.request(method, path, body, self.headers(fields) | headers)
            response = line.getresponse()
            answer = HttpResponse(response.read(), status=response.status)
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        if place := response.headers["Location"]:
            answer.headers["Location"] = place
        return answer


def forms_on(response: HttpResponse) -> list[Form]:
    return FormsOf(response.content.decode()).forms


def form_for(response: HttpResponse, act: Act, purchase_id: UUID) -> Form:
    """The form in the purchase's row, or for undo the one in the note."""
    wanted = r"/events/\d+/undo/" if act == "undo" else f"/purchases/{purchase_id}/{act}/"
    (form,) = [form for form in forms_on(response) if re.fullmatch(wanted, form.action)]
    return form


def database_url(connection_settings: dict[str, Any], **changed: str) -> str:
    """As settings.py reads it back."""
    parts = {"dbname": "dbname", "user": "user", "password": "password", "host": "host"}
    given = {name: str(connection_settings.get(key) or "") for name, key in parts.items()}
    given |= {"port": str(connection_settings.get("port") or 5432)} | changed
    return "postgresql:///?" + urlencode({name: value for name, value in given.items() if value})
