"""The network between the site and PostgreSQL goes silent: nothing arrives, and nothing ends.

Every request gets its answer in 8 seconds, and the health check in 2.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from purchases.models import Org, SessionRequest
from studio.models import User
from tests.database import PATIENCE
from tests.factories import make_purchase
from tests.outages.conftest import proxy_database_url
from tests.outages.proxy import Proxy
from tests.outages.site import Person, Site, form_for, forms_on, running_site, signed_in
from tests.outages.test_busy import locked_by_another_transaction
from tests.pages import words_on
from tests.purchase_kinds import used

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LONGEST = 8.0
LONGEST_HEALTH = 2.0
# For the processor of a busy machine.
MARGIN = 0.7
UNCONFIRMED = "We could not confirm this yet. It is safe to try again."


@pytest.fixture(scope="module")
def two_workers(proxy: Proxy, login: dict[str, str], collected: Path) -> Iterator[Site]:
    with running_site(proxy_database_url(proxy, login), collected, workers=2) as site:
        yield site


def timed(request: Callable[[], object]) -> tuple[float, int]:
    started = time.monotonic()
    answer = request()
    status = answer[0] if isinstance(answer, tuple) else getattr(answer, "status_code", 0)
    return time.monotonic() - started, status


def test_everybody_gets_an_answer_on_a_silent_network(
    two_workers: Site, proxy: Proxy, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside, total=100, used=50)
    people = [Person(two_workers, signed_in(mia)) for _ in range(12)]
    forms = [form_for(person.get(), "use", pack.pk) for person in people]
    presses = [lambda n=n: people[n].submit(forms[n]) for n in range(8)]
    pages = [people[n].get for n in range(8, 12)]

    with ThreadPoolExecutor(30) as pool, proxy.silence():
        answers = [pool.submit(timed, request) for request in [*presses, *pages]]
        checks = []
        while not all(answer.done() for answer in answers):
            checks.append(pool.submit(timed, two_workers.healthz))
            time.sleep(0.3)
        slow = [answer.result() for answer in answers]
        later = [timed(people[0].get), timed(lambda: people[1].submit(forms[1]))]
        healths = [check.result() for check in checks]

    assert {status for _, status in slow + later} == {503}
    assert max(seconds for seconds, _ in slow) < LONGEST + MARGIN
    assert max(seconds for seconds, _ in later) < 1 + MARGIN, "nobody waits once it is known"
    assert {status for _, status in healths} == {503}
    assert max(seconds for seconds, _ in healths) < LONGEST_HEALTH + MARGIN

    back = time.monotonic()
    while two_workers.healthz()[0] != 200 or people[0].get().status_code != 200:
        assert time.monotonic() - back < PATIENCE
        time.sleep(0.05)
    assert time.monotonic() - back < 3 + MARGIN
    for person, form in zip(people, forms, strict=True):
        assert until_confirmed(person, form) == 200
    assert used(pack) == 50 + 12
    assert SessionRequest.objects.filter(purchase_id=pack.pk).count() == 12


def until_confirmed(person: Person, form: object) -> int:
    """Submit the form as a person does, once more while the other process still refuses."""
    until = time.monotonic() + 5
    while True:
        page = person.submit(form)  # type: ignore[arg-type]
        if page.status_code != 503 or time.monotonic() > until:
            return page.status_code
        assert UNCONFIRMED in words_on(page)
        (form,) = forms_on(page)
        time.sleep(0.2)


def test_the_health_check_answers_while_every_thread_waits_for_a_lock(
    two_workers: Site, mia: User, northside: Org
) -> None:
    pack = make_purchase(org=northside)
    people = [Person(two_workers, signed_in(mia)) for _ in range(16)]
    forms = [form_for(person.get(), "use", pack.pk) for person in people]
    with ThreadPoolExecutor(16) as pool, locked_by_another_transaction(pack):
        answers = [pool.submit(person.submit, f) for person, f in zip(people, forms, strict=True)]
        time.sleep(0.5)
        for _ in range(6):
            seconds, status = timed(two_workers.healthz)
            assert status == 200
            assert seconds < LONGEST_HEALTH + MARGIN
        assert [answer.result().status_code for answer in answers] == [503] * 16
