"""Ask pip-audit whether a locked package has a known vulnerability (`make audit`).

The status is 1 if a package has one, and 0 if no database of advisories could be reached: pip-audit
itself then reports that it found nothing, or fails.
"""

import json
import subprocess
import sys
from typing import Any

OPTIONS = ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--desc", "off"]
NOT_CHECKED = "No database of advisories could be reached, so no package was checked."
# The words of pip-audit and of its HTTP library for a database that cannot be reached.
UNREACHABLE = ["Could not connect", "ConnectionError", "Timeout", "ServiceError"]


def main(pip_audit: str, *lock_files: str) -> int:
    files = [option for name in lock_files for option in ("--requirement", name)]
    command = [pip_audit, *OPTIONS, *files]
    audit = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(audit.stdout)["dependencies"]
    except ValueError:
        if any(words in audit.stderr for words in UNREACHABLE):
            print(NOT_CHECKED)
            return 0
        print(audit.stderr, file=sys.stderr)
        return audit.returncode or 2
    return report(packages)


def report(packages: list[dict[str, Any]]) -> int:
    """Print what is known about each package. Return the status of the command."""
    checked = [package for package in packages if "vulns" in package]
    missed = [package["name"] for package in packages if "vulns" not in package]
    if not checked:
        print(NOT_CHECKED)
        return 0
    if missed:
        print("Not checked, because the database does not have them:", ", ".join(missed))
    vulnerable = [package for package in checked if package["vulns"]]
    for package in vulnerable:
        for vulnerability in package["vulns"]:
            fixed = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            found = f"{package['name']} {package['version']} has {vulnerability['id']}"
            print(f"{found}, fixed in {fixed}.")
    print(f"{len(vulnerable)} of {len(checked)} checked packages have a known vulnerability.")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
