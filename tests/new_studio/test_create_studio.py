"""`manage.py create_studio` adds a studio, and its owner chooses a password by a link."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import Membership, Policy, User
from studio.new_studio import create as module
from tests.links import NEW, choose
from tests.security_log.log import events

pytestmark = pytest.mark.django_db
OPTIONS = {"name": "Harbour Pilates", "country": "nz", "owner": "irma@example.com"}


def create(**options: str) -> str:
    """Run the command, and return the path of the link that it prints."""
    out = StringIO()
    call_command("create_studio", stdout=out, stderr=StringIO(), **OPTIONS | options)
    return urlsplit(out.getvalue().strip()).path


def test_the_country_decides_what_the_options_leave_out() -> None:
    create()

    policy = Policy.objects.get(org__name="Harbour Pilates")
    chosen = (policy.country, policy.time_zone, policy.language, policy.currency)
    assert chosen == ("NZ", "Pacific/Auckland", "en", "nzd")


def test_options_decide_instead_of_the_country() -> None:
    create(time_zone="Europe/Madrid", language="es", currency="EUR", owner_name="Irma")

    policy = Policy.objects.get()
    chosen = (policy.time_zone, policy.language, policy.currency)
    assert chosen == ("Europe/Madrid", "es", "eur")
    assert User.objects.get().first_name == "Irma"


def test_the_owner_chooses_a_password_by_the_link_and_is_signed_in() -> None:
    link = create()
    owner = Membership.objects.get()
    assert (owner.role, owner.name) == ("owner", "irma")
    assert not owner.user.has_usable_password()

    answer = choose(Client(), link)

    assert answer["Location"] == reverse("home")
    assert User.objects.get().check_password(NEW)
    assert [event.kind for event in events()][:2] == ["studio_created", "invited"]


def test_it_adds_a_second_studio_and_refuses_a_name_that_exists() -> None:
    create()
    create(name="Harbour-Pilates", owner="tom")
    assert sorted(Org.objects.values_list("slug", flat=True)) == [
        "harbour-pilates",
        "harbour-pilates-2",
    ]
    with pytest.raises(CommandError, match="There is a studio called “HARBOUR PILATES” already"):
        create(name="HARBOUR PILATES", owner="third")
    assert Org.objects.count() == User.objects.count() == 2


def test_a_studio_that_a_concurrent_command_has_added_is_a_taken_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its slug was free a moment ago."""
    create()
    monkeypatch.setattr(module, "is_taken", lambda name: False)
    monkeypatch.setattr(module, "free_slug", lambda name: "harbour-pilates")

    with pytest.raises(CommandError, match="There is a studio called “Harbour-Pilates” already"):
        create(name="Harbour-Pilates", owner="tom")
    assert Org.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"country": ""}, "--country: Choose the country."),
        ({"country": "AU"}, "--time-zone: Choose the time zone"),
        ({"time_zone": "Mars/Base"}, "--time-zone: "),
        ({"owner": ""}, "--owner: Type a user name."),
        ({"owner": "two words"}, "--owner: Enter a valid username"),
    ],
)
def test_a_problem_names_its_option_and_nothing_is_made(
    options: dict[str, str], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        create(**options)
    assert not Org.objects.exists()
    assert not User.objects.exists()


def test_it_has_no_option_for_a_password() -> None:
    with pytest.raises(TypeError, match="password"):
        create(password="secret")


def test_it_asks_on_a_terminal_with_the_usual_values(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    answers = iter(["Harbour Pilates", "nz", "", "", "", "irma"])

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    call_command("create_studio", stdout=StringIO(), stderr=StringIO())

    assert "Time zone, as in Australia/Sydney [Pacific/Auckland]: " in asked
    assert Policy.objects.get().currency == "nzd"
