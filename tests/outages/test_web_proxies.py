"""The files for nginx and Caddy work, with the names, ports and paths of this machine."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPSConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from studio.models import User
from tests.database import PATIENCE
from tests.factories import PASSWORD
from tests.outages.local_ca import CERTIFICATE, HOST, KEY, write_certificate
from tests.outages.site import FormParser, Site, database_url, running_site
from tests.pages import LIST

pytestmark = pytest.mark.django_db(transaction=True)

FILES = settings.BASE_DIR / "docs" / "deployment"
IS_REQUIRED = os.environ.get("SERVER_TESTS") == "required"
PROGRAMS = {"nginx": "/usr/sbin/nginx", "caddy": "/usr/bin/caddy"}
SIGN_IN = "/accounts/login/"
SLOW_CLIENTS = 20
# The limit of the test, instead of that of the file.
CONNECTIONS = 10


@dataclass(frozen=True)
class WebProxy:
    port: int
    context: ssl.SSLContext

    def connect(self) -> HTTPSConnection:
        return HTTPSConnection(HOST, self.port, timeout=PATIENCE, context=self.context)

    def open(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        return self.context.wrap_socket(plain, server_hostname=HOST)


def needs(program: str) -> pytest.MarkDecorator:
    is_missing = not (Path(PROGRAMS[program]).exists() or IS_REQUIRED)
    return pytest.mark.skipif(is_missing, reason=f"{program} is missing: apt-get install {program}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def replaced(text: str, changes: dict[str, str]) -> str:
    """Return the text with these changes. Each of them must be possible."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, port: int, site: Site, limit: int) -> list[str]:
    proxy, own, main = folder / "proxy.conf", folder / "studio.conf", folder / "nginx.conf"
    proxy.write_text((FILES / "nginx-proxy.conf").read_text())
    changes = {
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "server_name desk.example.com": f"server_name {HOST}",
        "/etc/ssl/studio": str(folder),
        "/etc/nginx/studio-proxy.conf": str(proxy),
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "limit_conn studio 200": f"limit_conn studio {limit}",
    }
    own.write_text(replaced((FILES / "nginx.conf").read_text(), changes))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    main.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log {folder}/access.log;\n{temporary}include {own};\n}}\n"
    )
    return [PROGRAMS["nginx"], "-p", str(folder), "-c", str(main), "-e", f"{folder}/error.log"]


def caddy(folder: Path, port: int, site: Site) -> list[str]:
    file = folder / "Caddyfile"
    certificate = f"tls {folder / CERTIFICATE} {folder / KEY}\n\tbind 127.0.0.1"
    changes = {
        "\n{\n": "\n{\n\tadmin off\n\tauto_https disable_redirects\n",
        "desk.example.com {\n": f"https://{HOST}:{port} {{\n\t{certificate}\n",
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
    }
    file.write_text(replaced((FILES / "Caddyfile").read_text(), changes))
    return [PROGRAMS["caddy"], "run", "--adapter", "caddyfile", "--config", str(file)]


@contextmanager
def running(program: str, folder: Path, site: Site, limit: int = 200) -> Iterator[WebProxy]:
    context = write_certificate(folder)
    port = free_port()
    command = nginx(folder, port, site, limit) if program == "nginx" else caddy(folder, port, site)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield WebProxy(port, context)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def https_site(login: dict[str, str], collected: Path) -> Iterator[Site]:
    with running_site(
        database_url(login), collected, HTTPS="True", BEHIND_PROXY="True", TRUSTED_PROXIES="1"
    ) as site:
        yield site


def connections_of_proxy(site: Site) -> int:
    """Return how many connections to the port of the site are open."""
    return sum(
        connection.status == psutil.CONN_ESTABLISHED
        and bool(connection.raddr)
        and connection.raddr.port == site.port
        for connection in psutil.net_connections("tcp")
    )


both = pytest.mark.parametrize(
    "program", [pytest.param(program, marks=needs(program)) for program in PROGRAMS]
)


@both
def test_a_person_signs_in_over_tls(
    program: str, https_site: Site, mia: User, tmp_path: Path
) -> None:
    cookies: dict[str, str] = {}
    # The site knows no fast hash of the tests.
    mia.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1_000)
    mia.save(update_fields=["password"])

    def request(method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        # The proxy replaces what a client sends.
        headers |= {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http"}
        if fields:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                # nginx leaves out the port, which is 443 in the file.
                "Origin": f"https://{HOST}" + f":{proxy.port}" * (program == "caddy"),
            }
        connection = proxy.connect()
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie", []):
            assert "Secure" in cookie
            cookies.update((name, morsel.value) for name, morsel in SimpleCookie(cookie).items())
        return response.status, body

    with running(program, tmp_path, https_site) as proxy:
        status, page = request("GET", SIGN_IN)
        assert status == 200
        (form,) = [form for form in FormParser(page).forms if "password" in form.fields]
        status, _ = request(
            "POST", SIGN_IN, form.fields | {"username": "mia", "password": PASSWORD}
        )
        assert status == 302
        status, page = request("GET", LIST)
    assert status == 200
    assert "__Host-sessionid" in cookies
    assert "Northside Pilates" in page


@both
def test_a_slow_body_holds_no_connection_of_the_site(
    program: str, https_site: Site, tmp_path: Path
) -> None:
    half = (
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: {HOST}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername="
    )
    with running(program, tmp_path, https_site) as proxy, ExitStack() as slow:
        for _ in range(SLOW_CLIENTS):
            slow.enter_context(proxy.open()).sendall(half.encode())
        connection = proxy.connect()
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        assert connections_of_proxy(https_site) < SLOW_CLIENTS / 2


@needs("nginx")
def test_nginx_limits_the_connections_of_an_address(https_site: Site, tmp_path: Path) -> None:
    half = f"POST {SIGN_IN} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nusername="
    with running("nginx", tmp_path, https_site, CONNECTIONS) as proxy, ExitStack() as held:
        for _ in range(CONNECTIONS):
            held.enter_context(proxy.open()).sendall(half.encode())
        until = time.monotonic() + PATIENCE
        while (status := status_of(proxy)) == 200 and time.monotonic() < until:
            time.sleep(0.05)
        assert status == 429
        held.close()
        while status_of(proxy) == 429 and time.monotonic() < until:
            time.sleep(0.05)
        assert status_of(proxy) == 200


def status_of(proxy: WebProxy) -> int:
    connection = proxy.connect()
    connection.request("GET", "/healthz")
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_guide_names_each_file() -> None:
    guide = (settings.BASE_DIR / "docs" / "deployment.md").read_text()
    for name in ("Caddyfile", "nginx.conf", "nginx-proxy.conf", "alerts.yml"):
        assert f"(deployment/{name})" in guide
