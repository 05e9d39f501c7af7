"""Chunks come in their order, and no more of them wait than are asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from riskmodel.batch import pipeline


def piece(number):
    loaded = SimpleNamespace(batch=number, ids=None, as_it_came=None)
    return SimpleNamespace(part=number // 3, load=lambda: loaded)


@pytest.mark.parametrize("most", [0, 1, 4])
def test_pieces_come_in_order_and_at_most_so_many_wait(most):
    drawn = []

    def source():
        for number in range(11):
            drawn.append(number)
            yield piece(number)

    with ThreadPoolExecutor(3) as pool:
        for done, (part, scored) in enumerate(pipeline._work(lambda batch, *_: batch * 10, source(), pool, most)):
            assert (part, scored) == (done // 3, done * 10)
            assert len(drawn) <= done + most + 1
    assert len(drawn) == 11


def test_what_is_read_ahead_comes_in_order_from_the_readers_thread():
    threads = set()

    def source():
        for number in range(9):
            threads.add(threading.get_ident())
            yield number

    with ThreadPoolExecutor(1) as reader:
        assert list(pipeline._ahead(source(), reader)) == list(range(9))
        assert list(pipeline._ahead(iter([]), reader)) == []
    assert threads
    assert threading.get_ident() not in threads


def test_an_error_of_one_piece_is_the_error_of_all():
    def fail(batch, *_):
        if batch == 2:
            raise ValueError("a damaged piece")
        return batch

    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="a damaged piece"):
        list(pipeline._work(fail, map(piece, range(5)), pool, 2))


@pytest.mark.parametrize("threads", [1, 3])
def test_two_pieces_a_thread_wait_while_one_is_written(threads, monkeypatch):
    """The bound on what is in memory at once."""
    bounds = []

    def work(chunk, source, pool, most):
        bounds.append(most)
        yield from ()

    monkeypatch.setattr(pipeline, "_work", work)
    with pipeline.scored(SimpleNamespace(id_column=None), [], SimpleNamespace(features=()), threads) as results:
        assert list(results) == []
    assert bounds == [2 * threads]
