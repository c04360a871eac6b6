"""The page "Forgot your password?": it sends a link and hides whether an account exists."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from purchases.models import Org
from studio.accounts import mail
from studio.models import Policy, User
from tests.database import PATIENCE
from tests.factories import PASSWORD, make_user
from tests.links import LINK, choose, make_invited
from tests.pages import html_of, normalized, words_on

PAGE = reverse("forgotten_password")
SIGN_IN = reverse("login")
SENT = "If an account has this name or e-mail, a link is on its way"
Later = Callable[[timedelta], None]
Task = Callable[[], None]


@pytest.fixture
def tasks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Configure e-mail, and collect what the thread of the e-mails would do."""
    settings.SENDS_EMAIL = True
    collected: list[Task] = []
    monkeypatch.setattr(mail, "in_background", collected.append)
    return collected


@pytest.fixture
def mia(mia: User) -> User:
    mia.email = "mia@example.com"
    mia.save()
    return mia


def ask(account: str, headers: dict[str, str] | None = None) -> HttpResponseBase:
    return Client().post(PAGE, {"account": account}, headers=headers)


def sent(tasks: list[Task]) -> list[outbox.EmailMessage]:
    for task in tasks:
        task()
    return outbox.outbox


def link_in(message: outbox.EmailMessage) -> str:
    (link,) = LINK.findall(str(message.body))
    return str(link)


@pytest.mark.parametrize("account", ["mia", "mia@example.com", "MIA@Example.com", " mia "])
def test_a_person_gets_a_link_by_name_or_by_email(
    mia: User, tasks: list[Task], account: str
) -> None:
    assert SENT in words_on(ask(account))

    (message,) = sent(tasks)
    assert message.to == ["mia@example.com"]
    assert message.subject == "A new password for Studio"
    assert "Your user name is: mia" in message.body
    assert choose(Client(), link_in(message))["Location"] == SIGN_IN


def test_the_email_is_plain_text_in_the_language_of_the_studio(
    mia: User, tasks: list[Task], northside: Org
) -> None:
    mia.first_name = "D'Arcy & <b>"
    mia.save()
    for language in ("", "es"):
        Policy.objects.update_or_create(org=northside, defaults={"language": language})
        ask("mia")
        sent([tasks.pop()])

    english, spanish = outbox.outbox
    assert english.body.startswith("Hello D'Arcy & <b>,")
    assert spanish.body.startswith("Hola, D'Arcy & <b>:")
    assert spanish.subject == "Una contraseña nueva para Studio"
    assert english.content_subtype == "plain"


def test_a_spelling_with_a_count_of_its_own_sends_nothing(mia: User, tasks: list[Task]) -> None:
    """PostgreSQL takes the dotless ı for i, and the rate limit does not."""
    for account in ("mıa@example.com", "MıA@example.com", "mıa"):
        assert SENT in words_on(ask(account))
    assert sent(tasks) == []


def test_two_accounts_of_one_email_get_a_link_each(
    mia: User, otto: User, tasks: list[Task]
) -> None:
    User.objects.filter(pk=otto.pk).update(email="mia@example.com")
    ask("mia@example.com")
    assert [
        name for message in sent(tasks) for name in ("mia", "otto") if f": {name}" in message.body
    ] == ["mia", "otto"]


# --- No word tells whether an account exists ------------------------------------------------------


@pytest.mark.parametrize(
    "account", ["mia", "nemo", "otto", "inactive", "invited", "mia@example.com"]
)
def test_body_queries_and_hashes_do_not_depend_on_the_account(
    mia: User, otto: User, tasks: list[Task], monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    """Otto has no e-mail. The work that depends on the account is a task of the other thread."""
    make_user(username="inactive")
    User.objects.filter(username="inactive").update(is_active=False, email="in@example.com")
    make_invited(make_user(username="invited"))
    User.objects.filter(username="invited").update(email="invited@example.com")
    hashes: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashes.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    with CaptureQueriesContext(
        connection,
    ) as of_nobody:
        expected = ask("no-such-name")
    with CaptureQueriesContext(connection) as of_account:
        answer = ask(account)

    assert normalized(html_of(answer)) == normalized(html_of(expected))
    assert answer.headers == expected.headers
    assert len(of_account) == len(of_nobody)
    statements = [query["sql"] for query in of_account.captured_queries]
    # The insert into the security log is the same for each name, known or not.
    lookups = [sql for sql in statements if "INSERT INTO public.studio_security" not in sql]
    assert len(lookups) == len(statements) - 1
    assert not any("studio_user" in sql for sql in lookups)
    assert (len(tasks), hashes) == (2, [])
    assert len(sent(tasks)) == (account in {"mia", "mia@example.com"})


@pytest.mark.parametrize("account", ["mia", "nemo"])
def test_requests_are_limited_without_a_delay_for_the_sign_in(
    mia: User, tasks: list[Task], now: datetime, later: Later, account: str
) -> None:
    for _ in range(5):
        assert SENT in words_on(ask(account))
    assert "Wait 30 seconds, then try again." in words_on(ask(account.upper()))
    assert len(tasks) == 5
    signed_in = Client().post(SIGN_IN, {"username": "mia", "password": PASSWORD})
    assert signed_in.status_code == 302
    later(timedelta(seconds=30))
    assert SENT in words_on(ask(account))


def test_an_address_is_limited_too(mia: User, tasks: list[Task], now: datetime) -> None:
    answers = [words_on(ask(f"name-{number}")) for number in range(25)]
    assert [SENT in answer for answer in answers] == [True] * 20 + [False] * 5


# --- What the e-mail may not do -------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "testserver@evil.example"}, {"Host": "evil.example:80"}],
)
def test_a_foreign_host_gets_no_link(mia: User, tasks: list[Task], headers: dict[str, str]) -> None:
    assert ask("mia", headers).status_code == 400
    assert tasks == []


def test_a_forwarded_host_does_not_change_the_link(mia: User, tasks: list[Task]) -> None:
    ask("mia", {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    (message,) = sent(tasks)
    assert link_in(message).startswith("http://testserver/")
    assert "evil" not in str(message.message())


@pytest.mark.parametrize(
    "account", ["mia\nBcc: eve@example.com", "mia\r\nmia", "mia@example.com\n"]
)
def test_a_newline_from_the_form_reaches_no_header(
    mia: User, tasks: list[Task], account: str
) -> None:
    ask(account)
    for message in sent(tasks):
        assert message.recipients() == ["mia@example.com"]
        assert "Bcc" not in str(message.message())


def test_a_newline_in_a_name_reaches_no_header(mia: User, northside: Org) -> None:
    name = "Northside\r\nBcc: eve@example.com\u2028\n\nDear client"
    Org.objects.filter(pk=northside.pk).update(name=name)
    make_invited(mia)
    User.objects.filter(pk=mia.pk).update(first_name="Mia\n\nhttp://evil.example")

    mail.send_link(User.objects.get(pk=mia.pk), "http://testserver", "en")

    (message,) = outbox.outbox
    assert message.recipients() == ["mia@example.com"]
    assert message.subject == "Your invitation to Northside Bcc: eve@example.com Dear client"
    assert message.body.startswith("Hello Mia http://evil.example,\n")


# --- Without e-mail -------------------------------------------------------------------------------


def test_without_email_the_pages_say_whom_to_ask(mia: User) -> None:
    sign_in = Client().get(SIGN_IN)
    assert "Ask an owner of your studio for a link to a new one." in words_on(sign_in)
    assert PAGE not in html_of(sign_in)
    for answer in (Client().get(PAGE), ask("mia")):
        assert "Ask an owner of your studio." in words_on(answer)
        assert "<form" not in html_of(answer)
    assert outbox.outbox == []


def test_with_email_the_sign_in_page_has_a_link(db: None, tasks: list[Task]) -> None:
    page = html_of(Client().get(SIGN_IN))
    assert f'<a href="{PAGE}">Forgot your password?</a>' in page


def test_an_empty_form_is_explained(db: None, tasks: list[Task]) -> None:
    for account in ("", " ", "x" * 255, "mia\0"):
        assert SENT not in words_on(ask(account))
    assert tasks == []


# --- The thread that sends e-mails ----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_thread_looks_the_account_up_and_sends_the_link(mia: User, settings: Settings) -> None:
    settings.SENDS_EMAIL = True

    assert SENT in words_on(ask("mia"))
    finish_tasks()

    (message,) = outbox.outbox
    assert choose(Client(), link_in(message))["Location"] == SIGN_IN


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise ConnectionRefusedError("mia@example.com")

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def test_an_email_that_fails_is_logged_without_its_address(
    failing: None, caplog: pytest.LogCaptureFixture
) -> None:
    done = Event()

    def send() -> None:
        done.set()
        outbox.send_mail("subject", "body", None, ["mia@example.com"])

    mail.in_background(send)
    assert done.wait(PATIENCE)
    finish_tasks()

    (record,) = (record for record in caplog.records if record.name == "studio.mail")
    assert record.levelno == logging.ERROR
    assert "ConnectionRefusedError" in record.getMessage()
    assert "mia" not in caplog.text


def test_emails_beyond_a_number_are_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go_on, ran = Event(), []

    def wait() -> None:
        assert go_on.wait(PATIENCE)
        ran.append(1)

    for _ in range(mail.MAX_WAITING + 5):
        mail.in_background(wait)
    go_on.set()
    finish_tasks()

    assert len(ran) == mail.MAX_WAITING
    assert caplog.text.count("An e-mail was not sent: 100 others wait.") == 5


def finish_tasks() -> None:
    """Wait until the thread has done all its tasks."""
    mail._sender.submit(lambda: None).result(PATIENCE)
