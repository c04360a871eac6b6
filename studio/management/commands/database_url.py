from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from studio import embedded


class Command(BaseCommand):
    help = 'Prints the URL of the database in use, as in: psql "$(python manage.py database_url)"'
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_URL:
            self.stdout.write(settings.DATABASE_URL)
        elif embedded.is_running(settings.DATA_DIR):
            self.stdout.write(embedded.url(settings.DATA_DIR))
        else:
            raise CommandError("The embedded database is not running. Start it with `make run`.")
