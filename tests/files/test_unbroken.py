"""A signal within the block waits for its end, and then comes as it would have come."""

import signal
import threading

import pytest

from riskmodel.files.unbroken import ENDING, unbroken


@pytest.fixture(params=ENDING, ids=lambda number: signal.Signals(number).name)
def number(request):
    before = signal.getsignal(request.param)
    yield request.param
    signal.signal(request.param, before)


def test_a_signal_comes_once_the_block_is_done(number):
    came = []
    signal.signal(number, lambda *_: came.append("came"))
    with unbroken():
        signal.raise_signal(number)
        came.append("done")
    assert came == ["done", "came"]


def test_it_comes_once_and_by_the_handler_from_before(number):
    came = []

    def handler(given, _frame):
        came.append(given)

    signal.signal(number, handler)
    with unbroken():
        signal.raise_signal(number)
        signal.raise_signal(number)
    assert came == [number]
    assert signal.getsignal(number) is handler


def test_the_first_of_two_kinds_is_given():
    before, came = [signal.getsignal(number) for number in ENDING], []
    try:
        for number in ENDING:
            signal.signal(number, lambda given, _frame: came.append(given))
        with unbroken():
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
    finally:
        for number, handler in zip(ENDING, before, strict=True):
            signal.signal(number, handler)
    assert came == [signal.SIGTERM]


def test_an_error_in_the_block_goes_on_and_handlers_are_back(number):
    def handler(*_):
        raise AssertionError

    signal.signal(number, handler)
    with pytest.raises(ZeroDivisionError), unbroken():
        raise ZeroDivisionError
    assert signal.getsignal(number) is handler


def test_what_is_ignored_stays_ignored(number):
    signal.signal(number, signal.SIG_IGN)
    with unbroken():
        assert signal.getsignal(number) == signal.SIG_IGN
        signal.raise_signal(number)
    assert signal.getsignal(number) == signal.SIG_IGN


def test_another_thread_leaves_handlers_alone(number):
    def handler(*_):
        raise AssertionError

    signal.signal(number, handler)
    seen = []

    def work():
        with unbroken():
            seen.append(signal.getsignal(number))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [handler]
