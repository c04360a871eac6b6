"""`python -m tutorial.prepare COUNT TOTAL USED`: create the tables, the packs and a user."""

import sys

import django
from django.core.management import call_command


def main(count, total, used):
    django.setup()
    call_command("migrate", verbosity=0)
    # Models without migrations reference the user table, which must exist first.
    call_command("migrate", run_syncdb=True, verbosity=0)

    from django.contrib.auth.models import User

    from tutorial.models import Membership, Pack, Studio

    studio = Studio.objects.create(name="Northside Pilates")
    desk = User.objects.create_user("desk", password="studio-demo")
    Membership.objects.create(user=desk, studio=studio)
    Pack.objects.bulk_create(
        Pack(
            studio=studio,
            client=f"Client {number}",
            offer="10-class pack",
            sessions_total=total,
            sessions_used=used,
        )
        for number in range(count)
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
