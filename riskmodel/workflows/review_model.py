"""Opens a model for a review: a bundle's folder, or a LightGBM or XGBoost file that somebody else trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.special import expit

from riskmodel import bundle, scorers
from riskmodel.core import Matrix, Policy, Reference, Scorer, Vector
from riskmodel.ensemble import HasTrees

PARITY_ROWS = 2000  # of all forms: the plain walk of the trees is slow


@dataclass(frozen=True, eq=False)
class Model:
    """A scorer under a name; a foreign file has no policy, and nothing is known of its development."""

    name: str
    scorer: Scorer
    policy: Policy | None = None
    reference: Reference = Reference()  # noqa: RUF009 - frozen
    bundle: bundle.Bundle | None = None


def opened(path: Path) -> Model:
    """A bundle is verified whole, a foreign file is read by our own readers. Raises: BundleError, UnsupportedScorer."""
    if not path.is_dir():
        return Model(path.name, scorers.open_native(path))
    saved = bundle.read(path)
    scorer = scorers.load(saved.kind, saved.features, saved.calibration, saved.files)
    name = str(saved.lineage.get("variant", path.name))
    return Model(name, scorer, saved.policy, saved.reference, saved)


def forms(model: Model, matrix: Matrix, table: pa.Table | None = None) -> Mapping[str, Vector]:
    """The PDs of the first rows by each form of one scorer that is at hand; the others are held to the first."""
    rows, found = np.ascontiguousarray(matrix[:PARITY_ROWS]), {}
    if isinstance(model.scorer, HasTrees):
        line = model.scorer.calibration
        found["native library"] = _pd(line(model.scorer.native_margin(rows)))
        found["plain walk of the trees"] = _pd(line(model.scorer.ensemble.margins(rows)))
    found["as scored here"] = model.scorer.pd(rows)
    return found if table is None else {**found, **_batch(model, table.slice(0, len(rows)))}


def _batch(model: Model, table: pa.Table) -> Mapping[str, Vector]:
    """As `riskmodel score` would write them, where it would set none of the rows aside."""
    if model.bundle is None:
        return {}
    from riskmodel.batch.chunk import Chunk

    batch = table.combine_chunks().to_batches()[0]
    scored = Chunk.from_bundle(model.bundle)(batch, pa.array(np.arange(batch.num_rows)))
    pd = np.asarray(scored.rows["pd"].to_numpy(zero_copy_only=False), np.float64)
    return {"batch file": pd} if len(pd) == batch.num_rows else {}


def _pd(margin: Vector) -> Vector:
    pd: Vector = expit(margin)
    return pd
