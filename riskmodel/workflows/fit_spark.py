"""Fits XGBoost on a Spark cluster, for a table that one machine does not hold; what comes out is pruned like any other.

The rows that the fit does not see are written beside the model: on them it is pruned and judged (`riskmodel prune MODEL
--data HELD_OUT --target COL`). Numbers only: XGBoost's Spark interface knows no categories.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq

from riskmodel import scorers
from riskmodel.batch import spark
from riskmodel.batch.spark.session import in_one_line
from riskmodel.errors import DataError, RiskModelError
from riskmodel.files import beside

HELD_OUT = 200_000  # rows: as many as tell an AUC to within 0.005 at 2 % bads
OPTIONS = MappingProxyType({"n_estimators": 300, "max_leaves": 31, "max_depth": 0, "grow_policy": "lossguide"})

Opened = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class SparkFit:
    """What is fitted: a Parquet table that all workers see, its target (1 is bad), and the features; none is all.

    `options` are SparkXGBClassifier's; `workers` how many fit together, None is one a core.
    """

    data: Path
    target: str
    features: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: OPTIONS)
    workers: int | None = None
    seed: int = 0
    held_out: int = HELD_OUT


def fit(job: SparkFit, model: Path, held_out: Path, session: Opened = spark.opened) -> dict[str, int]:
    """Writes XGBoost's own file `model` and the table `held_out`, both or none; returns the rows of each side.

    A row goes by the hash of its values: equal rows are on one side, and the sides do not depend on the cluster.
    Raises: DataError for a column that is missing or no number, RiskModelError for what Spark cannot do.
    """
    if model.suffix != ".json":
        raise RiskModelError(f"{model}: must end in .json, as XGBoost's own file does")
    with session() as opened, _places(model, held_out) as (to_model, to_table), in_one_line(job.data):
        table = opened.read.parquet(f"file://{job.data.absolute()}")
        features = _features(table, job)
        known, aside = _sides(table.select(*features, job.target), job)
        rows = {"fitted": known.count(), "held_out": aside.count()}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            pq.write_table(aside.toArrow(), to_table, compression="zstd")
            booster = _fitted(opened, known, features, job)
        booster.save_model(to_model)
        scorers.open_native(to_model)  # what could not be read back is not written
    return rows


def _features(table: Any, job: SparkFit) -> list[str]:
    from pyspark.sql.types import NumericType

    kinds = {column.name: column.dataType for column in table.schema}
    if missing := [name for name in (job.target, *job.features) if name not in kinds]:
        raise DataError(f"{job.data}: no column {missing[0]!r}")
    features = [name for name in job.features or kinds if name != job.target]
    if odd := [name for name in (job.target, *features) if not isinstance(kinds[name], NumericType)]:
        raise DataError(f"{job.data}: column {odd[0]!r} must be a number, however: {kinds[odd[0]].simpleString()}")
    return features


def _sides(table: Any, job: SparkFit) -> tuple[Any, Any]:
    from pyspark.sql import functions

    share = min(0.5, job.held_out / max(1, table.count()))
    place = functions.pmod(functions.xxhash64(functions.lit(job.seed), *table.columns), functions.lit(1_000_000))
    return table.where(place >= share * 1_000_000), table.where(place < share * 1_000_000)


def _fitted(session: Any, rows: Any, features: Sequence[str], job: SparkFit) -> Any:
    from xgboost.spark import SparkXGBClassifier

    workers = job.workers or int(session.sparkContext.defaultParallelism)
    learner = SparkXGBClassifier(
        features_col=list(features), label_col=job.target, num_workers=workers, random_state=job.seed, **job.options
    )
    booster = learner.fit(rows).get_booster()
    booster.feature_names = list(features)
    return booster


@contextmanager
def _places(*outputs: Path) -> Iterator[list[Path]]:
    """Files beside the outputs, which take their places when all went well."""
    with beside.together(*outputs) as folder:
        yield [folder / output.name for output in outputs]
