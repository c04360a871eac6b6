"""`manage.py create_studio`: add a studio and its owner, who chooses the password by a link."""

import sys
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio import places
from studio.accounts import security_log
from studio.accounts.links import make_link
from studio.models import SecurityEvent, User
from studio.new_studio.create import NameTaken, create_studio, name_taken_message
from studio.new_studio.forms import OwnedStudioForm

ASKED = {
    "name": "Name of the studio",
    "country": "Country, two letters as in AU",
    "time_zone": "Time zone, as in Australia/Sydney",
    "language": "Language, or empty for that of each browser",
    "currency": "Currency, three letters as in AUD",
    "owner": "User name of the owner, such as an e-mail",
}
# The options as the form names its fields.
FIELDS = {"owner": "username"}


class Command(BaseCommand):
    help = (
        "Adds a studio and its owner, and prints a link with which the owner chooses a password. "
        "On a terminal it asks for what the options leave out. The country decides the time zone, "
        "the language and the currency by default."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, text in ASKED.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=text)
        parser.add_argument("--owner-name", help="how colleagues call the owner at the desk")
        parser.add_argument(
            "--host",
            default=settings.ALLOWED_HOSTS[0],
            help="the name of the site (default: the first of ALLOWED_HOSTS)",
        )

    def handle(self, *, host: str, owner_name: str | None, **options: Any) -> None:
        values = {"name": self.value("name", options["name"])}
        values["country"] = self.value("country", options["country"]).upper()
        usual = asdict(places.usual(values["country"]))
        for name in ["time_zone", "language", "currency", "owner"]:
            values[name] = self.value(name, options[name], usual.get(name, ""))
        form = OwnedStudioForm(
            {
                **{FIELDS.get(name, name): value for name, value in values.items()},
                "currency": values["currency"].lower(),
                "first_name": owner_name or values["owner"].partition("@")[0],
            }
        )
        if not form.is_valid():
            raise CommandError(problems_of(form))
        form.owner.set_unusable_password()
        try:
            create_studio(form.new_studio, form.owner)
        except NameTaken as taken:
            raise CommandError(name_taken_message(str(taken))) from None
        self.print_link(form.owner, host)

    def value(self, name: str, given: str | None, usual: str = "") -> str:
        """Return the value of an option. Without it, ask on a terminal, or take the usual value."""
        if given is not None:
            return given
        if not sys.stdin.isatty():
            return usual
        shown = f" [{usual}]" if usual else ""
        return input(f"{ASKED[name]}{shown}: ").strip() or usual

    def print_link(self, owner: User, host: str) -> None:
        security_log.record(SecurityEvent.Kind.INVITED, account_id=owner.pk)
        scheme = "https" if settings.HTTPS else "http"
        self.stdout.write(make_link(owner, f"{scheme}://{host}"))
        self.stderr.write(
            f"With this link, {owner.username} chooses a password. It works once, and for 24 "
            "hours. Hand it to that person only."
        )


def problems_of(form: forms.Form) -> str:
    """Return a line for each problem, which begins with the option."""
    names = {field: option for option, field in FIELDS.items()}
    lines = []
    for field, errors in form.errors.items():
        option = names.get(field, field).replace("_", "-")
        start = "" if field == "__all__" else f"--{option}: "
        lines += [f"{start}{error}" for error in errors]
    return "\n".join(lines)
