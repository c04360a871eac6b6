"""Messages after a redirect are in the session, because they name clients."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from purchases.models import Org
from studio.accounts.session_store import LOCKED, SessionStore
from tests.factories import make_purchase
from tests.pages import LIST, post_action, words_on

MESSAGE = "Session used for Ana Ruiz."


def session_of(browser: Client) -> SessionStore:
    return SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def test_a_message_is_shown_once_and_is_in_no_cookie(northside: Org, desk: Client) -> None:
    answer = post_action(desk, "use", make_purchase(org=northside))

    assert answer.status_code == 302
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DESK_COOKIE_NAME}
    assert set(desk.cookies) <= names
    assert MESSAGE in words_on(desk.get(LIST))
    assert MESSAGE not in words_on(desk.get(LIST))


@pytest.mark.parametrize(("htmx", "writes"), [(True, 0), (False, 1)])
def test_an_action_by_htmx_does_not_write_the_session(
    northside: Org, desk: Client, htmx: bool, writes: int
) -> None:
    pack = make_purchase(org=northside)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        post_action(desk, "use", pack, htmx=htmx)

    updates = [
        sql for query in queries if (sql := query["sql"]).startswith('UPDATE "studio_session"')
    ]
    assert len(updates) == writes


def test_a_message_does_not_undo_the_lock_of_the_desk(desk: Client) -> None:
    slow, fast = session_of(desk), session_of(desk)
    slow["_messages"] = "a message"
    fast[LOCKED] = True
    fast.save()
    slow.save()

    stored = session_of(desk)
    assert stored[LOCKED] is True
    assert stored["_messages"] == "a message"


def test_a_message_does_not_lock_the_desk_again(desk: Client) -> None:
    first = session_of(desk)
    first[LOCKED] = True
    first.save()
    slow, fast = session_of(desk), session_of(desk)
    slow["_messages"] = "a message"
    del fast[LOCKED]
    fast.save()
    slow.save()

    stored = session_of(desk)
    assert LOCKED not in stored
    assert stored["_messages"] == "a message"
