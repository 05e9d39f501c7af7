"""Reads ahead, scores on all cores, hands results on in order: what is in memory at once is bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import threadpool_limits

from riskmodel.batch.chunk import Chunk, Scored
from riskmodel.batch.input_manifest import Book, InputPart
from riskmodel.batch.reader import ReadPiece, pieces
from riskmodel.core import Kind

READ_AHEAD = 2  # pieces

Item = TypeVar("Item")


@contextmanager
def scored(book: Book, todo: list[InputPart], chunk: Chunk, threads: int) -> Iterator[Iterator[tuple[int, Scored]]]:
    """The scored pieces of the given parts, each with the number of its part, in order.

    One thread reads, `threads` score; whoever takes the results writes meanwhile. Every scoring thread keeps to one
    core: a library that starts threads of its own would only be in the way.
    """
    texts = {column.name for column in chunk.features if column.kind is Kind.CATEGORICAL}
    source = (piece for part in todo for piece in pieces(part, book.id_column, texts))
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(1, "read") as reader,
        ThreadPoolExecutor(threads, "score", threadpool_limits, (1,)) as pool,
    ):
        work = _work(chunk, _ahead(source, reader), pool, 2 * threads)
        try:
            yield work
        finally:
            work.close()
            pool.shutdown(cancel_futures=True)
            reader.shutdown(cancel_futures=True)
            source.close()


def _ahead(source: Iterator[Item], reader: ThreadPoolExecutor) -> Iterator[Item]:
    """The same, taken by the reader's thread before it is asked for."""
    end = object()
    waiting = deque(reader.submit(next, source, end) for _ in range(READ_AHEAD))
    while (item := waiting.popleft().result()) is not end:
        waiting.append(reader.submit(next, source, end))
        yield item  # type: ignore[misc]


def _work(
    chunk: Chunk, source: Iterator[ReadPiece], pool: ThreadPoolExecutor, most: int
) -> Generator[tuple[int, Scored], None, None]:
    def score(piece: ReadPiece) -> Scored:
        loaded = piece.load()
        return chunk(loaded.batch, loaded.ids, loaded.as_it_came)

    waiting: deque[tuple[int, Future[Scored]]] = deque()
    for piece in source:
        waiting.append((piece.part, pool.submit(score, piece)))
        if len(waiting) > most:
            number, future = waiting.popleft()
            yield number, future.result()
    while waiting:
        number, future = waiting.popleft()
        yield number, future.result()
