from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts import security_log
from studio.accounts.links import end_former_invitation, make_link
from studio.models import SecurityEvent, User


class Command(BaseCommand):
    help = (
        "Prints a link with which a person chooses a password. It is for the only owner of a "
        "studio, and for superusers: no other person can make a link for them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--host",
            default=settings.ALLOWED_HOSTS[0],
            help="the name of the site (default: the first of ALLOWED_HOSTS)",
        )

    def handle(self, *, username: str, host: str, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account {username!r}.")
        end_former_invitation(user)
        security_log.record(SecurityEvent.Kind.LINK_MADE, account_id=user.pk)
        scheme = "https" if settings.HTTPS else "http"
        self.stdout.write(make_link(user, f"{scheme}://{host}"))
        self.stderr.write("It works once, and for 24 hours. Hand it to that person only.")
