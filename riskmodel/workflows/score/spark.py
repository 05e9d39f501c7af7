"""Score applications with a saved model, on a Spark cluster: the same rows as on one machine."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from riskmodel.batch import AS_DEVELOPED, InputSpelling, spark
from riskmodel.workflows import model_resolver


def score(
    model: str | Path,
    source: Path,
    output: Path,
    *,
    id_column: str | None = None,
    master: str | None = None,
    store: str | None = None,
    key: Path | None = None,
    spelling: InputSpelling = AS_DEVELOPED,
    native: bool = False,
) -> dict[str, Any]:
    """Scores `source` into the folder `output`, logs it to the MLflow store if one is given, and returns the record.

    `model` is a bundle's folder, or an address in that store, or in the default one. `master` None: the one that
    spark-submit names, else all cores of this machine. `native`: by Spark's own expressions, without Python on the
    workers. Raises: RiskModelError; UnsupportedScorer for a native run of what is no sum of trees.
    """
    saved = model_resolver.opened(model, store, key)
    session = partial(spark.opened, master)
    record = spark.score(saved, source, output, id_column, session, spelling=spelling, native=native)
    if store is not None:
        from riskmodel import tracking

        tracking.log_scored(tracking.open_store(store), output, saved.lineage)
    return record
