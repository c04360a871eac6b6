"""Load the demo studio into the test database."""

from io import StringIO

from django.core.management import call_command
from django.test import override_settings


def load_demo(**options: bool) -> str:
    """Run `manage.py demo` and return its output, also if the tests run on a DATABASE_URL."""
    output = StringIO()
    with override_settings(DATABASE_URL=""):
        call_command("demo", stdout=output, **options)
    return output.getvalue()
