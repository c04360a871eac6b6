"""`manage.py import_studio`: bring a studio from another installation."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.accounts import security_log
from studio.accounts.links import make_link
from studio.database.archive import Imported, UnsuitableArchive, import_archive
from studio.models import Membership, SecurityEvent


class Command(BaseCommand):
    help = (
        "Imports the file of `export_studio`, exactly as it was, or nothing at all. Use the login "
        "that migrates, and an installation without other studios. It prints a link for each "
        "member, by which they choose a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--host",
            default=settings.ALLOWED_HOSTS[0],
            help="the name of the site in the links (default: the first of ALLOWED_HOSTS)",
        )

    def handle(self, *, file: Path, host: str, **options: Any) -> None:
        try:
            imported = import_archive(file)
        except UnsuitableArchive as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        self.stdout.write(f"{imported.studio}: {imported.rows:,} rows are here.")
        self.print_links(imported, host)
        self.stderr.write(
            "Each link works once, and for 24 hours. Hand it to that person only. "
            "`manage.py check_ledger --seals` compares everything with its seals."
        )

    def print_links(self, imported: Imported, host: str) -> None:
        scheme = "https" if settings.HTTPS else "http"
        members = Membership.usable().filter(org=imported.org_id)
        for member in members.select_related("user").order_by("role", "user__username"):
            security_log.record(SecurityEvent.Kind.LINK_MADE, account_id=member.user_id)
            link = make_link(member.user, f"{scheme}://{host}")
            self.stdout.write(f"{member.user.username} ({member.get_role_display()}): {link}")
