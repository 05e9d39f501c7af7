"""One saved model in memory: PDs, decisions and explanations of frames and of single records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel import bundle
from riskmodel.api import frames
from riskmodel.batch import AS_DEVELOPED, Chunk, InputSpelling, Predictor
from riskmodel.bundle import Bundle
from riskmodel.core import Column, Matrix, Policy, Scorer
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.explanation import Explained, MonthlyAttributions, attributions, by_month, explain
from riskmodel.serving import ApplicationDecision, DecisionModel
from riskmodel.workflows import model_resolver


@dataclass(frozen=True, eq=False)
class Model:
    """A verified bundle, opened.

    Parameters
    ----------
    name
        Of the variant in its run, such as "lgbm/distil@0.1".
    bundle
        All that it says, and the files that it vouches for.
    spelling
        How tables are written, where that is not as in development.
    """

    name: str
    bundle: Bundle
    spelling: InputSpelling = AS_DEVELOPED

    @cached_property
    def scorer(self) -> Scorer:
        """What turns a matrix into PDs."""
        return self._predictor.chunk.scorer

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that it reads, in their order."""
        return self.scorer.features

    @property
    def policy(self) -> Policy:
        """Cutoff, referral band and grades."""
        return self.bundle.policy

    @property
    def model_sha256(self) -> str:
        """The identity of what it computes."""
        return self.bundle.scorer_sha256

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803 - as scikit-learn spells it
        """Probabilities of good and bad.

        Parameters
        ----------
        X
            A table (n rows), or its path.

        Returns
        -------
        n x 2; NaN for a row that the model's rules set aside.

        Raises
        ------
        DataError
            For a missing column or a value that the rules refuse.
        """
        pd = self._answers(X)["pd"].to_numpy(zero_copy_only=False).astype(np.float64)
        return np.column_stack([1 - pd, pd])

    def decide(self, X: Any, *, counterfactuals: bool = False) -> Any:  # noqa: N803
        """Decisions as a batch run gives them.

        Parameters
        ----------
        X
            One application as a mapping or a row of pandas, or a table (n rows) or its path.
        counterfactuals
            Whether to say of one application at which value of one column it would be approved; of trees.

        Returns
        -------
        An ApplicationDecision of a mapping. Of a table, a table of the same library with a row for each row: id, pd,
        points, grade, decision, reason_1 to reason_4, model_sha256, why.

        Raises
        ------
        DataError
            For a missing column or a value that the rules refuse.

        Examples
        --------
        >>> riskmodel.load("reports/loans/chosen").decide({"income": 2400.0, ...})  # doctest: +SKIP
        """
        if isinstance(X, Mapping | pd.Series):
            X = _record(X)  # noqa: N806
            decision: ApplicationDecision = self._one_at_a_time.decide(X, counterfactuals=counterfactuals)
            return decision
        if counterfactuals:
            raise DataError("counterfactuals must be asked for one application; `riskmodel score` has them of a table")
        return frames.like(self._answers(X), X)

    def explain(self, X: Any) -> Any:  # noqa: N803
        """SHAP values in log-odds: exact of trees and scorecards, by permutation of networks (their first 200 rows).

        Parameters
        ----------
        X
            A table (n rows) or its path.

        Returns
        -------
        A table of the same library, a column a feature: what it adds to the calibrated margin, log(PD / (1 - PD)), of
        each row, over one constant that all rows share.

        Raises
        ------
        DataError
            For a missing column.
        """
        raw = attributions(self.scorer, self._matrix(X))
        values = self.scorer.calibration.slope * raw
        answer = pa.table({column.name: values[:, i] for i, column in enumerate(self.features)})
        return frames.like(answer, X if frames.is_path(X) else X[: len(values)])

    def attributions(self, X: Any, reference: Any = None) -> Explained:  # noqa: N803
        """What each feature adds to the raw margin over a reference, with the error by which it fails to add up.

        Parameters
        ----------
        X
            A table (n rows) or its path.
        reference
            A table (m rows) or its path that each row is explained against; None is development, of trees and
            scorecards alone.

        Returns
        -------
        `values` (n x features, log-odds before calibration), `base`, the `way`, `error`, and whether they are `exact`.

        Raises
        ------
        UnsupportedScorer
            Without a reference, for what has neither trees nor points.
        DataError
            For a missing column, or a reference without rows.

        Examples
        --------
        >>> made = model.attributions(applications, reference=approved)  # doctest: +SKIP
        >>> made.values, made.base, made.way, made.error  # doctest: +SKIP
        """
        against = None if reference is None else self._matrix(reference)
        return explain(self.scorer, self._matrix(X), against)

    def monthly_attributions(self, X: Any, reference: Any) -> MonthlyAttributions:  # noqa: N803
        """What each month of a `gru` or `conv` adds to the raw margin over a reference, by channel.

        Parameters
        ----------
        X
            A table (n rows) or its path.
        reference
            A table (m rows) or its path that each row is explained against.

        Returns
        -------
        `months` (n x months, the oldest first), `channels` (n x months each), `beside` (n), log-odds before
        calibration, and `explained`, with the error by which a row fails to add up.

        Raises
        ------
        UnsupportedScorer
            For a model that reads no months.
        DataError
            For a missing column, or a reference without rows.
        """
        return by_month(self.scorer, self._matrix(X), self._matrix(reference))

    def save(self, folder: str | Path) -> Path:
        """Writes the bundle, whole or not at all. Raises: BundleError where the folder holds something else."""
        bundle.save(self.bundle, Path(folder))
        return Path(folder)

    def _answers(self, data: Any) -> pa.Table:
        return self._predictor.answers(self._table(data))

    def _matrix(self, data: Any) -> Matrix:
        return encode.matrix(self._table(data), self._predictor.chunk.features)

    def _table(self, data: Any) -> pa.Table:
        """Of a path, cells as they stand: the columns know what they are."""
        names = [*(column.read_from for column in self._predictor.chunk.features), self.bundle.lineage.get("id")]
        return frames.arrow(data, [name for name in names if name])

    @cached_property
    def _predictor(self) -> Predictor:
        return Predictor(Chunk.from_bundle(self.bundle).reading(self.spelling), self.bundle.lineage.get("id"))

    @cached_property
    def _one_at_a_time(self) -> DecisionModel:
        made = DecisionModel.from_bundle(self.bundle)
        made.warm()
        return made

    def _repr_html_(self) -> str:
        rows = [{"model": self.name, "kind": self.bundle.kind, "sha256": self.model_sha256[:12]}]
        return frames.table_html(rows)


def _record(given: Mapping[Any, Any] | pd.Series[Any]) -> dict[str, Any]:
    """An application by its columns; what pandas calls missing is missing. Raises: DataError for odd names."""
    record = dict(given.items())
    if strange := [name for name in record if not isinstance(name, str)]:
        raise DataError(f"an application must name its columns, however: {strange[0]!r}")
    return {str(name): None if value is pd.NA or value is pd.NaT else value for name, value in record.items()}


def load(
    model: str | Path, store: str | None = None, *, nulls: Sequence[str] = (), unknown: float | None = None
) -> Model:
    """A saved model, verified whole.

    Parameters
    ----------
    model
        A bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH.
    store
        URI of the MLflow store of an address; None for sqlite:///mlflow.db.
    nulls
        How tables spell missing, beside an empty cell, in place of the model's own spellings.
    unknown
        Share of a column's rows that may have levels which train did not have, else a table is refused; None: as the
        model says, of 1,000 rows or more.

    Returns
    -------
    The model, opened and compiled.

    Raises
    ------
    RiskModelError
        Where there is no such model.
    BundleError
        Where it was changed or damaged, or computes otherwise here.

    Examples
    --------
    >>> riskmodel.load("models:/loans@champion").decide({"income": 2400.0, ...})  # doctest: +SKIP
    """
    saved = model_resolver.opened(model, store)
    spelling = InputSpelling(tuple(nulls), unknown)
    made = Model(str(saved.lineage.get("variant", Path(model).name)), saved, spelling)
    made._one_at_a_time  # noqa: B018 - what is damaged is told here, and the first decision waits for nothing
    return made
