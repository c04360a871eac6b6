"""Concurrent tries with one code, each on a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.test import RequestFactory

from studio.accounts.second_factor import factors, passkeys, recovery_codes, totp
from studio.models import Passkey, RecoveryCode, Totp, User
from tests.conftest import SignIn
from tests.database import PATIENCE
from tests.second_factor.people import (
    CHECK,
    code,
    give_app,
    give_codes,
    give_passkey,
    options_on,
    password_typed,
    require,
)

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 4


def right_tries(use: Callable[[], bool], tries: int = TRIES) -> int:
    """Try at the same moment, and return how many tries were right."""
    start = Barrier(tries)

    def try_once(_: int) -> bool:
        try:
            start.wait(PATIENCE)
            return use()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(tries) as pool:
        return sum(pool.map(try_once, range(tries), timeout=2 * PATIENCE))


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


def test_control_with_a_check_before_the_deletion_all_tries_are_right(mia: User) -> None:
    typed, all_have_read = give_codes(mia)[0], Barrier(TRIES)

    def use_naively() -> bool:
        stored = recovery_codes._hash(mia, typed, settings.SECRET_KEY)
        codes = RecoveryCode.objects.filter(user=mia, hash=stored)
        is_stored = codes.exists()
        all_have_read.wait(PATIENCE)
        codes.delete()
        return is_stored

    assert right_tries(use_naively) == TRIES


def test_concurrent_new_codes_are_ten_in_the_end(mia: User) -> None:
    right_tries(lambda: bool(recovery_codes.replace_codes(mia)))
    assert RecoveryCode.objects.filter(user=mia).count() == recovery_codes.COUNT


def factors_after_both_are_removed(mia: User) -> int:
    """Let two requests remove one factor each, after both have seen that there is another one."""
    require(mia)
    give_app(mia)
    passkey = Passkey.objects.create(
        user=mia, name="x", credential_id=b"1", credential=b"", sign_count=0
    )
    removed: Iterator[Totp | Passkey] = iter([Totp.objects.get(user=mia), passkey])
    both_have_read = Barrier(2)

    def remove() -> bool:
        factor = next(removed)
        assert not factors.is_last(factor), "the page offers to remove it"
        both_have_read.wait(PATIENCE)
        try:
            factors.remove(factor)
        except factors.Required:
            return False
        return True

    done = right_tries(remove, tries=2)
    left = Passkey.objects.count() + Totp.objects.count()
    assert done + left == 2
    return left


def test_one_of_two_factors_stays_if_both_are_removed_at_once(mia: User) -> None:
    assert factors_after_both_are_removed(mia) == 1


def test_control_without_the_check_behind_the_lock_none_stays(
    mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove_naively(factor: Totp | Passkey) -> None:
        factor.delete()

    monkeypatch.setattr(factors, "remove", remove_naively)
    assert factors_after_both_are_removed(mia) == 0


def test_one_of_concurrent_answers_of_a_passkey_is_right(mia: User, signed_in: SignIn) -> None:
    device = give_passkey(mia, signed_in(mia))
    browser = password_typed(mia)
    answer = device.get(options_on(browser.get(CHECK)))
    challenge = {passkeys.STATE: browser.session[passkeys.STATE]}

    def use() -> bool:
        request = RequestFactory().get(CHECK)
        request.session = dict(challenge)  # type: ignore[assignment]
        return passkeys.use_passkey(request, mia, answer)

    assert right_tries(use) == 1


def test_one_of_concurrent_first_factors_is_added(mia: User) -> None:
    numbers = iter(range(TRIES))

    def add() -> bool:
        row = Passkey(
            user=mia, name="x", credential_id=b"%d" % next(numbers), credential=b"", sign_count=0
        )
        return factors.add(row, must_be_first=True) is not None

    assert right_tries(add) == 1
    assert Passkey.objects.count() == 1
