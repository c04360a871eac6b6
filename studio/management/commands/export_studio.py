"""`manage.py export_studio`: write a studio's whole data to one file."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from purchases.database import long_snapshot
from purchases.models import Org
from studio.accounts import security_log
from studio.database.archive import MovedPurchases, archive_chunks
from studio.models import SecurityEvent


class Command(BaseCommand):
    help = (
        "Writes everything that belongs to a studio to one ZIP file: its clients, offers, "
        "purchases, ledgers, seals, members and settings. `import_studio` reads it. Passwords, "
        "PINs and second factors are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--studio", required=True, metavar="SLUG", help="the slug of the studio"
        )
        parser.add_argument("file", type=Path, help="the file to write, which must not exist")

    def handle(self, *, studio: str, file: Path, **options: Any) -> None:
        org = Org.objects.filter(slug=studio).first()
        if org is None:
            known = ", ".join(Org.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no studio {studio!r}. There are: {known or 'none'}.")
        if file.exists():
            raise CommandError(f"{file} exists already. Name a new file.")
        unfinished = file.with_name(f"{file.name}.part")
        try:
            rows = self.write(org, unfinished)
            unfinished.replace(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        except MovedPurchases as error:
            raise CommandError(str(error)) from error
        finally:
            unfinished.unlink(missing_ok=True)
        security_log.record(SecurityEvent.Kind.EXPORTED, org_id=org.pk, detail=f"studio.zip {rows}")
        self.stdout.write(
            f"{file} has the {rows:,} rows of {org.name}. Keep it as safe as the database: it has "
            "the data of every client."
        )

    def write(self, org: Org, file: Path) -> int:
        """Write the archive, which only its owner may read, and return the number of rows."""
        rows = 0
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as out, long_snapshot():
            for data, more in archive_chunks(org.pk):
                out.write(data)
                rows += more
        return rows
