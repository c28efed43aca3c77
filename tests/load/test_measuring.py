"""The yardstick of the benchmarks has to stand still while it is held to something."""

import pytest

from tests.load import measuring


@pytest.fixture
def hello_of(monkeypatch):
    """A yardstick that comes to these rates, one after the other."""

    def made(*rates):
        told = iter(rates)
        monkeypatch.setattr(measuring, "wrk", lambda _address: next(told))
        return measuring.Hello("http://127.0.0.1:1")

    return made


def test_what_is_measured_while_hello_stands_still_counts_at_once(hello_of):
    hello = hello_of(1000, 900)
    assert hello.share(lambda: 475) == 0.5
    assert hello.again == 0


def test_what_is_measured_while_hello_wavers_is_measured_again(hello_of):
    hello, found = hello_of(1000, 500, 500), iter([900, 250])
    assert hello.share(lambda: next(found)) == 0.5
    assert hello.again == 1


def test_a_machine_that_never_stands_still_is_measured_as_it_is(hello_of):
    hello, found = hello_of(1000, 500, 1000, 500), iter([1, 2, 300])
    assert hello.share(lambda: next(found)) == 0.4
    assert hello.again == measuring.TRIES - 1
