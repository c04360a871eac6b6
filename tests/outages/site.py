"""Run the site in separate processes as a deployment does, and send requests to it."""

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
from studio.supervisor import wait_until_it_answers, web_server
from tests.database import PATIENCE
from tests.pages import LIST
from tests.processes import ROOT, UNSET

Action = Literal["reinstate", "use", "undo"]
APPLICATION = "studio.rsgi:application"


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
        with self.connect() as connection:
            connection.request("GET", "/healthz")
            response = connection.getresponse()
            return response.status, json.loads(response.read())


@contextmanager
def running_site(
    database_url: str,
    data_dir: Path,
    *,
    workers: int = 1,
    application: str = APPLICATION,
    **variables: str,
) -> Iterator[Site]:
    """Start the site and yield it once it responds. `data_dir` holds the static files."""
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment = UNSET | {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "STUDIO_DATA_DIR": str(data_dir),
        "HTTPS": "False",
        **variables,
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
    """Return the cookies of a browser in which the user has signed in."""
    browser = Client()
    browser.force_login(user)
    return {name: cookie.value for name, cookie in browser.cookies.items()}


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]
    # The row that the response replaces, if htmx sends the form.
    row: str | None

    def __or__(self, changed: dict[str, str]) -> "Form":
        return Form(self.action, self.fields | changed, self.row)


class FormParser(HTMLParser):
    """Parse the forms of a page, as a browser submits them by their first button."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.row: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self.row = values.get("id")
        elif tag == "form":
            row = values.get("data-hx-target", f"#{self.row}").removeprefix("#")
            self.forms.append(
                Form(values.get("action", ""), {}, row if "data-hx-post" in values else None)
            )
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")


class Person:
    """A signed-in member with a browser."""

    def __init__(self, site: Site, cookies: dict[str, str]) -> None:
        self.site = site
        self.cookies = dict(cookies)

    def get(self, path: str = LIST) -> HttpResponse:
        return self.send("GET", path, None, {})

    def submit(self, form: Form, *, htmx: bool = False) -> HttpResponse:
        """Submit the form. Without htmx, follow the redirect and return its page."""
        headers = self.htmx_headers(form) if htmx else {}
        answer = self.send("POST", form.action, form.fields, headers)
        return self.get(answer.headers["Location"]) if answer.status_code == 302 else answer

    @contextmanager
    def disconnecting(self, form: Form, *, sent: float = 1) -> Iterator[None]:
        """Send the fraction `sent` of the form, and disconnect before reading the response."""
        body = urlencode(form.fields).encode()
        headers = self.headers(form.fields) | {"Content-Length": str(len(body))}
        with self.site.connect() as connection:
            connection.putrequest("POST", form.action)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body[: round(len(body) * sent)])
            yield

    def headers(self, fields: dict[str, str] | None) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return headers | ({"Content-Type": "application/x-www-form-urlencoded"} if fields else {})

    def htmx_headers(self, form: Form) -> dict[str, str]:
        assert form.row, "htmx only sends forms with data-hx-post"
        return {"HX-Request": "true", "HX-Target": form.row}

    def send(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> HttpResponse:
        body = urlencode(fields) if fields else None
        with self.site.connect() as connection:
            connection.request(method, path, body, self.headers(fields) | headers)
            response = connection.getresponse()
            answer = HttpResponse(response.read(), status=response.status)
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        if location := response.headers["Location"]:
            answer.headers["Location"] = location
        return answer


def forms_on(response: HttpResponse) -> list[Form]:
    return FormParser(response.content.decode()).forms


def form_for(response: HttpResponse, action: Action, purchase_id: UUID) -> Form:
    """Return the form in the purchase's row, or the undo form of the note."""
    path = r"/events/\d+/undo/" if action == "undo" else f"/purchases/{purchase_id}/{action}/"
    (form,) = [form for form in forms_on(response) if re.fullmatch(path, form.action)]
    return form


def database_url(connection_settings: dict[str, Any], **changed: str) -> str:
    """Return a DATABASE_URL with these connection settings, in the format of settings.py."""
    parts = {"dbname": "dbname", "user": "user", "password": "password", "host": "host"}
    query = {name: str(connection_settings.get(key) or "") for name, key in parts.items()}
    query |= {"port": str(connection_settings.get("port") or 5432)} | changed
    return "postgresql:///?" + urlencode({name: value for name, value in query.items() if value})
