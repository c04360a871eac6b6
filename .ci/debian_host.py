"""Run the commands of docs/deployment/debian-12.md in a new Debian, and sign the owner in over TLS.

    python .ci/debian_host.py FOLDER

makes the system in FOLDER by debootstrap, unless it is there, and needs root. The name of the
site is "localhost", for which Caddy is its own authority. The services run in a separate network,
and end with this program. systemd does not run in the folder, so a small program in its place
starts the ExecStart of each unit.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "deployment" / "debian-12.md"
MIRROR = "http://deb.debian.org/debian"
COMMANDS = 15
# Without systemd, Caddy has no right to listen on ports below this one. The setting is that of the
# separate network.
FIRST_PORT = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
NETWORK = f"ip link set lo up && echo 0 > {FIRST_PORT} && exec sleep 86400"
SITE = "localhost"
PASSWORD = "a long password of olivia"
# It stands for `systemctl enable --now UNIT` and `systemctl restart UNIT`.
SYSTEMCTL = r"""#!/bin/sh
for name; do :; done
for unit in /etc/systemd/system/$name.service /lib/systemd/system/$name.service; do
    [ -f "$unit" ] && break
done
value() { sed -n "s/^$1=//p" "$unit" | head -n 1; }
file=$(value EnvironmentFile)
cd "$(value WorkingDirectory)" 2>/dev/null || cd /
set -a; [ -n "$file" ] && . "$file"; set +a
HOME=$(getent passwd "$(value User)" | cut -d: -f6) \
    setsid setpriv --reuid "$(value User)" --regid "$(value Group)" --clear-groups \
    $(value ExecStart) </dev/null >/var/log/$name.log 2>&1 &
"""
SIGN_IN = """
import html, http.cookiejar, re, ssl, sys, time, urllib.error, urllib.parse, urllib.request
link, password, authority = sys.argv[1:]
for _ in range(120):
    try:
        context = ssl.create_default_context(cafile=authority)
        urllib.request.urlopen("https://localhost/healthz", context=context).close()
        break
    except (OSError, urllib.error.URLError):
        time.sleep(1)
browser = urllib.request.build_opener(
    urllib.request.HTTPSHandler(context=context),
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
)
def send(url, **fields):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    with browser.open(urllib.request.Request(url, data, {"Referer": url})) as answer:
        return answer.geturl(), answer.read().decode()
def token(page):
    return re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
url, page = send(link)
name = html.unescape(re.search('name="username"[^>]*value="([^"]+)"', page)[1])
both = {"new_password1": password, "new_password2": password}
send(url, csrfmiddlewaretoken=token(page), username=name, **both)
url, page = send("https://localhost/accounts/login/")
if "/login/" in url:
    url, page = send(url, csrfmiddlewaretoken=token(page), username=name, password=password)
url, page = send("https://localhost/purchases/")
assert url.endswith("/purchases/") and "Northside Pilates" in page, url
print("Signed in as", name, "at", url)
"""


def commands() -> list[str]:
    """Return the commands of the guide, in order, with the values of this run."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    found = [line for block in blocks for line in block.splitlines()]
    assert len(found) == COMMANDS, len(found)
    return found


class Host:
    def __init__(self, folder: Path, network: int) -> None:
        self.folder, self.network = folder, network

    def run(self, script: str, *, alone: bool = False) -> str:
        """Run a script in the folder, and return its output. `alone` cuts the network off."""
        inside = ["nsenter", f"--net=/proc/{self.network}/ns/net"] if alone else []
        command = ["nice", "-n", "19", *inside, "chroot", str(self.folder), "bash", "-euc", script]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        environment |= {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
        if output.returncode:
            sys.exit(f"Status {output.returncode}: {script}\n{output.stdout}")
        return output.stdout

    def prepare(self) -> None:
        for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(f"/{name}", self.folder / name)
        for path, text in (
            ("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n"),
            ("usr/local/bin/systemctl", SYSTEMCTL),
        ):
            (self.folder / path).write_text(text)
            (self.folder / path).chmod(0o755)
        shutil.rmtree(self.folder / "srv" / "studio", ignore_errors=True)
        source = self.folder / "srv" / "source"
        shutil.rmtree(source, ignore_errors=True)
        clone = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(source)]
        subprocess.run(clone, check=True)

    def processes(self) -> list[int]:
        """Return the processes whose root is the folder."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "root").readlink() == self.folder:
                    found.append(int(process.name))
            except OSError:
                continue
        return found

    def end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for process in self.processes():
                os.kill(process, number)
            time.sleep(3)


def main(folder: Path) -> None:
    if not (folder / "usr").exists():
        debootstrap = ["debootstrap", "--variant=minbase", "bookworm", str(folder), MIRROR]
        subprocess.run(["nice", "-n", "19", *debootstrap], check=True, stdout=subprocess.DEVNULL)
    with ExitStack() as stack:
        alone = ["unshare", "--net", "sh", "-c", NETWORK]
        network = subprocess.Popen(alone)
        stack.callback(network.kill)
        for kind, name in (("proc", "proc"), ("--bind", "dev")):
            target = str(folder / name)
            options = ["-t", "proc", "proc"] if kind == "proc" else [kind, "/dev"]
            subprocess.run(["mount", *options, target], check=True)
            stack.callback(subprocess.run, ["umount", "-l", target], check=True)
        host = Host(folder, network.pid)
        stack.callback(host.end)
        host.prepare()
        install(host)


def install(host: Host) -> None:
    variables, link = "", ""
    for number, command in enumerate(commands(), 1):
        started = time.monotonic()
        text = command.replace("https://git.example.com/studio.git", "/srv/source")
        text = text.replace("SITE=desk.example.com", f"SITE={SITE}")
        needs_network = any(word in text for word in ("apt-get", "pip install"))
        # Each command runs in a shell of its own, which begins with the variables and the folder.
        output = host.run(f"{variables}{text}", alone=not needs_network)
        if text.startswith("SITE="):
            variables = host.run(f"{text}; declare -p SITE KEY OWNER WEB") + variables
        elif text.startswith("cd "):
            variables += f"{text}\n"
        elif "apt-get install" in text:
            host.run("pg_ctlcluster 15 main start", alone=True)
        if found := re.search(r"https://\S+", output):
            link = found[0] if "create_studio" in text else link
        print(f"{number:2} {time.monotonic() - started:5.0f} s  {command[:80]}", flush=True)
    authority = host.folder / "var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
    until = time.monotonic() + 120
    while not authority.exists() and time.monotonic() < until:
        time.sleep(0.5)
    (host.folder / "root" / "sign_in.py").write_text(SIGN_IN)
    inside = f"/{authority.relative_to(host.folder)}"
    print(
        host.run(f"python3 /root/sign_in.py '{link}' '{PASSWORD}' '{inside}'", alone=True), end=""
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
