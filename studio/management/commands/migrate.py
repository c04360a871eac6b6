from django.core.management.commands import migrate

from studio.database.autodetector import SchemaAutodetector


class Command(migrate.Command):
    autodetector = SchemaAutodetector
