"""Threads that send actions continuously, and retry after an error."""

import re
import time
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event, Thread
from uuid import UUID

from django.http import HttpResponse

from tests.database import PATIENCE
from tests.outages.site import Action, Person, form_for, forms_on
from tests.pages import words_on

ACTIONS: tuple[Action, ...] = ("use", "reinstate", "undo", "reinstate")
UNCONFIRMED = "We could not confirm this yet. It is safe to try again."


@dataclass
class Writer:
    """Send actions on one pack, and retry an action if its response is lost."""

    person: Person
    purchase_id: UUID
    # Maps the id of each acknowledged request to the count in its response.
    answered: dict[str, int] = field(default_factory=dict)
    # The ids of requests that were acknowledged only after a retry.
    repeated: set[str] = field(default_factory=set)
    error: Exception | None = None

    def start(self, stop: Event) -> Thread:
        thread = Thread(target=self.run, args=[stop])
        thread.start()
        return thread

    def run(self, stop: Event) -> None:
        try:
            page = self.person.get()
            for action in cycle(ACTIONS):
                page = self.submit(page, action)
                if stop.is_set():
                    return
        except Exception as error:
            self.error = error

    def submit(self, page: HttpResponse, action: Action) -> HttpResponse:
        form = form_for(page, action, self.purchase_id)
        request_id = form.fields["request_id"]
        answer = self.person.submit(form, htmx=True)
        deadline = time.monotonic() + PATIENCE
        while answer.status_code == 503:
            assert UNCONFIRMED in words_on(answer)
            assert time.monotonic() < deadline, "the site did not recover"
            self.repeated.add(request_id)
            time.sleep(0.05)
            (form,) = forms_on(answer)
            answer = self.person.submit(form, htmx=True)
        assert answer.status_code == 200, answer.content.decode()
        self.answered[request_id] = counted(answer)
        return answer


def counted(answer: HttpResponse) -> int:
    """Return the used sessions by the note. The row may show a later count."""
    match = re.search(r"([\d,]+) of ([\d,]+) left\.", words_on(answer))
    assert match, "the note has no count"
    left, total = (int(number.replace(",", "")) for number in match.groups())
    return total - left
