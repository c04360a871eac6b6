from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.database import embedded, grants


class Command(BaseCommand):
    help = 'Prints the URL of the database in use, as in: psql "$(python manage.py database_url)"'
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--web", action="store_true", help="the URL for the web process, which is studio_app"
        )

    def handle(self, *, web: bool, **options: Any) -> None:
        if settings.DATABASE_URL or embedded.is_running(settings.DATA_DIR):
            owner_url = settings.DATABASE_URL or embedded.url(settings.DATA_DIR)
            self.stdout.write(grants.web_url() if web else owner_url)
        else:
            raise CommandError("The embedded database is not running. Start it with `make run`.")
