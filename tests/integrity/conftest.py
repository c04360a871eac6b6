"""The seed of the state machines."""

import random

import pytest


@pytest.fixture
def chosen_seed(pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> int:
    """The seed of --hypothesis-seed, or a random one. It is printed to repeat the run."""
    option = pytestconfig.getoption("--hypothesis-seed")
    chosen = random.randrange(2**32) if option is None else int(option)
    with capsys.disabled():
        print(f" --hypothesis-seed={chosen} ", end="")
    return chosen
