"""Create packs and a member, and print the pack ids and session cookies as JSON.

Run as a program, because its database is not the test database.
"""

import json

import django

django.setup()

from tests.factories import make_org, make_purchase, make_user  # noqa: E402
from tests.outages.site import signed_in  # noqa: E402

PACKS = 4


def main() -> None:
    org = make_org()
    cookies = signed_in(make_user(username="mia", org=org))
    packs = [str(make_purchase(org=org, total=10_000, used=5_000).pk) for _ in range(PACKS)]
    print(json.dumps({"cookies": cookies, "packs": packs}))


if __name__ == "__main__":
    main()
