"""E-mails with a link, sent after the response by a thread of their own.

A slow mail server holds no thread that answers people. The time of a response does not depend on
whether an e-mail is sent.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from studio.accounts.links import is_invited, make_link
from studio.accounts.user import User

logger = logging.getLogger("studio.mail")

# More tasks than this are dropped. The rate limit lets only few wait.
MAX_WAITING = 100
_waiting = BoundedSemaphore(MAX_WAITING)
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def in_background(task: Callable[[], None]) -> None:
    """Run a task in the thread that sends e-mails."""
    if _waiting.acquire(blocking=False):
        _sender.submit(_run, task)
    else:
        logger.error("An e-mail was not sent: %d others wait.", MAX_WAITING)


def send_link(user: User, site: str, language: str) -> None:
    """Send a new link to the account's own address, in the language of the studio if it has one."""
    member = getattr(user, "membership", None)
    studio = one_line(member.org.name) if member else "Studio"
    invited = is_invited(user)
    with translation.override((member and member.language) or language):
        subject = _("Your invitation to %(studio)s") if invited else _("A new password for Studio")
        context = {
            "name": one_line(user.get_short_name()),
            "username": one_line(user.shown_username),
            "studio": studio,
            "link": make_link(user, site),
        }
        template = "mail/invitation.txt" if invited else "mail/new_password.txt"
        body = render_to_string(template, context)
        # Django refuses a header with a newline.
        EmailMessage(one_line(subject % {"studio": studio}), body, to=[user.email]).send()


def one_line(text: str) -> str:
    """Return the text without newlines, because other programs also write names."""
    return " ".join(text.split())[:150]


def _run(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception as error:
        # The text of the error may contain an address.
        code = getattr(error, "smtp_code", "")
        logger.error("An e-mail was not sent: %s %s", type(error).__name__, code)
    finally:
        _waiting.release()
        connection.close()
