"""One scorer in every form in which it decides: the library, our own code, ONNX, the file of a batch, MLflow's pyfunc.

A form that is not at hand is told with the reason. Another engine joins by one line in `forms`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel import onnx_export
from riskmodel.batch.chunk import Chunk
from riskmodel.batch.local import Job, score
from riskmodel.batch.predictor import Predictor
from riskmodel.bundle import Bundle, pack
from riskmodel.config import Scoring
from riskmodel.core import Matrix, Policy, Scorer, Vector
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers import Convertible
from riskmodel.trees import HasTrees

ROWS = 2000  # the plain walk of the trees is slow
Form = Vector | str


def compared(pd: Vector, cutoff: float) -> NDArray[np.intp]:
    """At most ROWS rows of n: half of them nearest the cutoff, where a decision turns first, the others spread."""
    if len(pd) <= ROWS:
        return np.arange(len(pd))
    nearest = np.argsort(np.abs(pd - cutoff), kind="stable")
    near, far = nearest[: ROWS // 2], np.sort(nearest[ROWS // 2 :])
    return np.sort(np.concatenate([near, far[np.linspace(0, len(far) - 1, ROWS // 2).astype(np.intp)]]))


def before_saving(scorer: Scorer, policy: Policy, scoring: Scoring, applications: pa.Table) -> Mapping[str, Form]:
    """The forms of a scorer that is no bundle yet, on rows as they came: what it will be is compared before it is."""
    rows = compared(scorer.pd(encode.matrix(applications, scorer.features)), policy.cutoff)
    return forms(scorer, pack(scorer, policy, {}, {}, scoring), applications.take(pa.array(rows)))


def forms(scorer: Scorer, bundle: Bundle | None, table: pa.Table) -> Mapping[str, Form]:
    """The PDs of all rows by form, or why there are none; the first is what the others are held to."""
    rows = encode.matrix(table, scorer.features)
    given = table.select(list(dict.fromkeys(feature.read_from for feature in scorer.features)))
    made: dict[str, Callable[[], Vector]] = {}
    if isinstance(scorer, HasTrees):
        line = scorer.calibration
        made["native library"] = lambda: _pd(line(scorer.native_margin(rows)))
        made["plain walk of the trees"] = lambda: _pd(line(scorer.ensemble.margins(rows)))
    made["as scored here"] = lambda: scorer.pd(rows)
    made["ONNX"] = lambda: _onnx(scorer, rows)
    made["batch file"] = lambda: _batch(bundle, given)
    made["pyfunc"] = lambda: _pyfunc(bundle, given)
    return {name: _tried(make) for name, make in made.items()}


def _tried(make: Callable[[], Vector]) -> Form:
    try:
        return make()
    except RiskModelError as error:
        return f"{error}."


def _pd(margin: Vector) -> Vector:
    pd: Vector = expit(margin)
    return pd


def _onnx(scorer: Scorer, rows: Matrix) -> Vector:
    if not isinstance(scorer, Convertible):
        raise UnsupportedScorer(f"a {scorer.kind} scorer cannot be written as ONNX")
    content = onnx_export.with_pd(scorer.as_onnx("float64"), scorer.calibration)
    return onnx_export.opened(content, len(scorer.features)).run(rows, onnx_export.PD)


def _batch(bundle: Bundle | None, table: pa.Table) -> Vector:
    """What `riskmodel score` writes of these rows, read back; their ids play no part."""
    with tempfile.TemporaryDirectory() as place:
        source, output = Path(place) / "rows.parquet", Path(place) / "scored"
        pq.write_table(table, source)
        try:
            score(_unnamed(bundle), source, output, Job(threads=1))
        except RiskModelError as error:
            raise RiskModelError(str(error).replace(f"{place}/", "")) from error  # its name is another each time
        parts = [pq.read_table(part, columns=["pd"])["pd"] for part in sorted(output.glob("*.parquet"))]
    return _whole("the batch", np.concatenate([part.to_numpy() for part in parts]) if parts else np.empty(0), table)


def _pyfunc(bundle: Bundle | None, table: pa.Table) -> Vector:
    """What MLflow's model answers to a pandas frame of these rows, by the loader that the model names."""
    predicted = Predictor(Chunk.from_bundle(_unnamed(bundle)), None).predict(table.to_pandas())
    return _whole("the model", predicted["pd"].dropna().to_numpy(np.float64), table)


def _unnamed(bundle: Bundle | None) -> Bundle:
    """Without the id's column: rows of a review need not have it."""
    if bundle is None:
        raise RiskModelError("a model file is no bundle, and only a bundle is scored so")
    return Bundle({**bundle.manifest, "lineage": {}}, bundle.files)


def _whole(form: str, pd: Vector, table: pa.Table) -> Vector:
    if len(pd) < table.num_rows:
        raise RiskModelError(f"{form} sets {table.num_rows - len(pd)} of these {table.num_rows} rows aside")
    return pd
