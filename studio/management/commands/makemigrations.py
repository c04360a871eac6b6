from django.core.management.commands import makemigrations

from studio.database.autodetector import SchemaAutodetector


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
