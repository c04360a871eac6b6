"""A driver of Firefox, which Playwright can drive only in a build of its own.

It speaks Marionette, the protocol of Firefox for automation: JSON messages with their length in
front, as in `16:[0,1,"NewSession"]`.
"""

import json
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.factories import PASSWORD

# Seconds. A test waits this long only if it fails, and may run on a busy machine.
TIMEOUT = 60
COMMAND = 0
PREFERENCES = {
    # Firefox chooses the port and writes it to a file of the profile.
    "marionette.port": 0,
    # By default Marionette switches the password manager off, among other things.
    "remote.prefs.recommended": False,
    "signon.rememberSignons": True,
    "signon.autofillForms": True,
    # Send no request to other servers.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "captivedetect.canonicalURL": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}
SAVE_PASSWORD = """
const [origin, username, password, resolve] = arguments;
const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
login.init(origin, "", null, username, password, "", "");
Services.logins.addLoginAsync(login).then(() => resolve(true));
"""


class FirefoxError(Exception):
    """The answer of Firefox to a command that failed."""


def wait_for(condition: Callable[[], Any]) -> Any:
    """Return the value of the condition as soon as it is true."""
    end = time.monotonic() + TIMEOUT
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"Still false after {TIMEOUT} seconds: {condition}")
        time.sleep(0.05)
    return value


class Firefox:
    """A Firefox without a window, with one tab."""

    def __init__(self, path: str, profile: Path) -> None:
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        # `system-access` allows scripts in the browser itself, which store a password.
        options = ["--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
        self.process = subprocess.Popen(
            [path, *options, "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port = wait_for(lambda: self.read_port(profile / "MarionetteActivePort"))
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
            self.stream = self.socket.makefile("rb")
            self.receive()
            self.number = 0
            self.send("WebDriver:NewSession", capabilities={})
        except BaseException:
            self.process.kill()
            raise

    def read_port(self, file: Path) -> int | None:
        if self.process.poll() is not None:
            raise FirefoxError(f"Firefox ended with {self.process.returncode}.")
        return int(file.read_text() or 0) if file.exists() else None

    def receive(self) -> Any:
        length = b""
        while (byte := self.stream.read(1)) != b":":
            if not byte:
                raise FirefoxError("Firefox closed the connection.")
            length += byte
        return json.loads(self.stream.read(int(length)))

    def send(self, name: str, **parameters: Any) -> Any:
        """Send a command and return its result."""
        self.number += 1
        message = json.dumps([COMMAND, self.number, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, number, error, result = self.receive()
        assert number == self.number
        if error:
            raise FirefoxError(f"{name}: {error['message']}")
        return result.get("value") if isinstance(result, dict) and "value" in result else result

    def quit(self) -> None:
        self.process.terminate()
        self.process.wait(TIMEOUT)
        self.stream.close()
        self.socket.close()

    # --- What a person does -------------------------------------------------------------------

    def open(self, url: str) -> None:
        self.send("WebDriver:Navigate", url=url)

    def click(self, selector: str) -> None:
        found = self.send("WebDriver:FindElement", using="css selector", value=selector)
        self.send("WebDriver:ElementClick", id=next(iter(found.values())))

    def press(self, *keys: str) -> None:
        """Press and release each key. Keys without a letter have a code of WebDriver's."""
        actions = [{"type": type_, "value": key} for key in keys for type_ in ("keyDown", "keyUp")]
        self.send(
            "WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": actions}]
        )

    # --- What a test needs besides --------------------------------------------------------------

    def evaluate(self, expression: str) -> Any:
        return self.send("WebDriver:ExecuteScript", script=f"return {expression}", args=[])

    def evaluate_as_browser(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page with the rights of the browser itself."""
        return self.send(
            "WebDriver:ExecuteScript", script=script, args=list(arguments), sandbox="system"
        )

    def set_cookies(self, url: str, cookies: dict[str, str]) -> None:
        """Replace all cookies of a site."""
        self.open(f"{url}/healthz")
        self.send("WebDriver:DeleteAllCookies")
        for name, value in cookies.items():
            self.send("WebDriver:AddCookie", cookie={"name": name, "value": value, "path": "/"})

    def save_password(self, origin: str, username: str) -> None:
        self.send("Marionette:SetContext", value="chrome")
        arguments = [origin, username, PASSWORD]
        self.send("WebDriver:ExecuteAsyncScript", script=SAVE_PASSWORD, args=arguments)
        self.send("Marionette:SetContext", value="content")
