"""Concurrent tries with one code, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from studio.accounts.second_factor import factors, recovery_codes, totp
from studio.models import Passkey, RecoveryCode, Totp, User
from tests.database import PATIENCE
from tests.second_factor.people import code, give_app, give_codes

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 4


def right_tries(use: Callable[[], bool]) -> int:
    """Try at the same moment, and return how many tries were right."""
    start = Barrier(TRIES)

    def try_once(_: int) -> bool:
        try:
            start.wait(PATIENCE)
            return use()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TRIES) as pool:
        return sum(pool.map(try_once, range(TRIES), timeout=2 * PATIENCE))


def test_one_of_concurrent_tries_with_a_code_is_right(mia: User) -> None:
    give_app(mia)
    typed = code()
    assert right_tries(lambda: factors.use_code(mia, typed)) == 1


def test_control_without_the_condition_all_tries_are_right(mia: User) -> None:
    """The tries do overlap: a check before the update accepts the code several times."""
    secret = give_app(mia)
    typed, all_have_read = code(), Barrier(TRIES)

    def use_naively() -> bool:
        row = Totp.objects.get(user=mia)
        step = totp.step_of(typed, secret)
        all_have_read.wait(PATIENCE)
        if step is None or row.last_counter >= step:
            return False
        Totp.objects.filter(user=mia).update(last_counter=step)
        return True

    assert right_tries(use_naively) == TRIES


def test_one_of_concurrent_tries_with_a_recovery_code_is_right(mia: User) -> None:
    typed = give_codes(mia)[0]
    assert right_tries(lambda: recovery_codes.use_code(mia, typed)) == 1


def test_concurrent_new_codes_are_ten_in_the_end(mia: User) -> None:
    right_tries(lambda: bool(recovery_codes.replace_codes(mia)))
    assert RecoveryCode.objects.filter(user=mia).count() == recovery_codes.COUNT


def test_one_of_concurrent_first_factors_is_added(mia: User) -> None:
    numbers = iter(range(TRIES))

    def add() -> bool:
        row = Passkey(
            user=mia, name="x", credential_id=b"%d" % next(numbers), credential=b"", sign_count=0
        )
        return factors.add(row, must_be_first=True) is not None

    assert right_tries(add) == 1
    assert Passkey.objects.count() == 1
