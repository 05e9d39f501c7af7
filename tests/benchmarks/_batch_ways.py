"""One way to score the book of `tests.benchmarks.batch`, in a process of its own: prints seconds and peak memory."""

import json
import resource
import shutil
import sys
import time
from pathlib import Path

from tests.benchmarks import batch as book


def main(way: str, *arguments: str) -> None:
    *options, rows, threads = arguments
    source = book.WORK / f"book-{rows}.parquet"
    output = book.WORK / f"out-{way}-{'-'.join(options)}"
    shutil.rmtree(output, ignore_errors=True)
    seconds, cpu = globals()[way](source, output, int(threads), *options)
    shutil.rmtree(output, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mib": peak}))


class Clock:
    """Seconds by the wall and of all threads' CPU since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, time.process_time() - self._cpu


def ours(source: Path, output: Path, threads: int, model: str, kind: str) -> tuple[float, float]:
    from riskmodel import batch, bundle

    batch.Chunk.from_bundle(bundle.read(book.WORK / model / kind))  # loads the libraries, as the others did
    clock = Clock()
    batch.score(bundle.read(book.WORK / model / kind), source, output, batch.Job(threads=threads))
    return clock.read()


def pandas_pyfunc(source: Path, output: Path, threads: int) -> tuple[float, float]:
    import lightgbm
    import mlflow
    import pandas as pd

    folder = book.WORK / "mlflow"
    if not folder.exists():
        mlflow.lightgbm.save_model(lightgbm.Booster(model_file=book.WORK / "whole.txt"), folder)
    model = mlflow.pyfunc.load_model(str(folder))
    output.mkdir()
    clock = Clock()
    frame = pd.read_parquet(source)
    frame["pd"] = model.predict(frame[[column.name for column in book.FEATURES]])
    frame[["id", "pd"]].to_parquet(output / "scored.parquet")
    return clock.read()


def pandas_native(source: Path, output: Path, threads: int) -> tuple[float, float]:
    return _native(source, output, threads)[0]


def pandas_reasons(source: Path, output: Path, threads: int) -> tuple[float, float]:
    import numpy as np

    plain, model, frame = _native(source, output, threads)
    declined = frame.nlargest(int(len(frame) * book.DECLINED), "pd")[[column.name for column in book.FEATURES]]
    some = declined.sample(book.EXPLAINED, random_state=0)
    clock = Clock()
    values = model.predict(some, pred_contrib=True, num_threads=threads)[:, :-1]
    np.array(some.columns)[np.argsort(-values, axis=1)[:, :4]]
    times = len(declined) / len(some)
    return tuple(before + times * more for before, more in zip(plain, clock.read(), strict=True))


def _native(source, output, threads):
    import lightgbm
    import pandas as pd

    model = lightgbm.Booster(model_file=book.WORK / "whole.txt")
    output.mkdir()
    clock = Clock()
    frame = pd.read_parquet(source)
    frame["pd"] = model.predict(frame[[column.name for column in book.FEATURES]], num_threads=threads)
    frame[["id", "pd"]].to_parquet(output / "scored.parquet")
    return clock.read(), model, frame


def arrow(source: Path, output: Path, threads: int, model: str) -> tuple[float, float]:
    """Reads every column, and writes the columns of a scored output again; both in batches, reading ahead."""
    import pyarrow.parquet as pq

    from riskmodel import batch, bundle

    scored = book.WORK / "scored"
    shutil.rmtree(scored, ignore_errors=True)
    batch.score(bundle.read(book.WORK / model / "reasons"), source, scored, batch.Job(threads=threads))
    parts = [pq.read_table(path) for path in sorted(scored.glob("part-*.parquet"))]
    output.mkdir()
    clock = Clock()
    with pq.ParquetFile(source) as file:
        for _ in file.iter_batches(65_536):
            pass
    for i, part in enumerate(parts):
        pq.write_table(part, output / f"{i}.parquet", compression="zstd", use_dictionary=_words(part))
    result = clock.read()
    shutil.rmtree(scored, ignore_errors=True)
    return result


def _words(part):
    return [name for name in part.column_names if name not in ("id", "pd", "points")]


if __name__ == "__main__":
    main(*sys.argv[1:])
