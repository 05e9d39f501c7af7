"""Two columns of PDs on the same rows: whether the new one is no worse, by a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskmodel import evaluation, selection
from riskmodel.api import frames
from riskmodel.api.figure import Figure
from riskmodel.config import Margins
from riskmodel.core import Change, Sample, Vector, Verdict, check_number
from riskmodel.errors import DataError
from riskmodel.review.charts.change import verdicts
from riskmodel.review.tables import Row, difference_rows
from riskmodel.stats.clusters import coded


@dataclass(frozen=True)
class Comparison:
    """What the new PDs change.

    Parameters
    ----------
    change
        Paired differences with one-sided 95 % bounds, signed so that more is better.
    """

    change: Change

    @property
    def verdict(self) -> Verdict:
        """Non-inferior where every figure is (intersection-union, Berger 1982), inferior where one is."""
        return selection.verdict(self.change)

    @property
    def identical(self) -> bool:
        """Whether no row tells the new PDs from the old ones: non-inferior then, and no gain either."""
        return self.change.identical

    @property
    def rows(self) -> list[Row]:
        """A row a figure, as plain values."""
        return list(difference_rows(self.change))

    def table(self) -> pd.DataFrame:
        """A row a figure: delta, lower, upper, margin, p_value, detectable, verdict."""
        return pd.DataFrame(self.rows)

    def plot(self) -> Figure:
        """Each difference in units of its own margin."""
        return Figure.of(verdicts({row["figure"]: row for row in self.rows}))

    def why(self, name: str = "auc") -> str:
        """One figure's verdict in a sentence. Raises: DataError for another name."""
        if name not in self.change.differences:
            raise DataError(f"name must be among {', '.join(self.change.differences)}, however: {name!r}")
        one = self.change.differences[name]
        return (
            f"{name} is {one.verdict}: {one.delta:+.5f}, 95 % bounds {one.lower:+.5f} and {one.upper:+.5f}, margin "
            f"{one.margin:.4g}; the smallest margin that this sample could have shown is {one.detectable:.4g}."
        )

    def __str__(self) -> str:
        return "\n".join([self._headline(), *(self.why(name) for name in self.change.differences)])

    def _repr_html_(self) -> str:
        keep = ("figure", "delta", "lower", "upper", "margin", "verdict")
        rows = [{name: row[name] for name in keep} for row in self.rows]
        return f"<p><b>{self._headline()}</b></p>{frames.table_html(rows)}"

    def _headline(self) -> str:
        return "identical: no PD differs" if self.identical else str(self.verdict)


def compare(
    y: ArrayLike,
    pd_old: ArrayLike,
    pd_new: ArrayLike,
    *,
    margin: float | None = None,
    margins: Margins | None = None,
    sample_weight: ArrayLike | None = None,
    clusters: Any = None,
) -> Comparison:
    """Whether new PDs are no worse than old ones on the same rows, in AUC, Brier score, log-loss and mean PD.

    Parameters
    ----------
    y
        Outcomes (n), 1 for a bad.
    pd_old, pd_new
        Probabilities of default (n), of rows that neither model was fitted on.
    margin
        The loss of AUC that counts as none; 0.005 unless given.
    margins
        All margins, where the others are not to be the usual ones.
    sample_weight
        For how many rows of the population each was drawn (n).
    clusters
        What rows belong together (n), such as the borrower.

    Returns
    -------
    The change, with its verdict.

    Raises
    ------
    DataError
        For unequal lengths, an outcome that is not 0 or 1, a PD outside [0, 1], too few bads or goods.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988; Obuchowski 1997; Liu et al. 2006.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> pd = rng.uniform(0.01, 0.4, 3000)
    >>> y = (rng.random(3000) < pd).astype(int)
    >>> str(compare(y, pd, 0.99 * pd).verdict)
    'non-inferior'
    """
    if margin is not None and margins is not None:
        raise DataError("margin and margins each set the margin of AUC: give one of them")
    check_number("margin", margin)
    if margins is not None and not isinstance(margins, Margins):
        raise DataError(f"margins must be riskmodel.config.Margins, however: {type(margins).__name__}")
    if margin is not None and not 0 < margin < 1:
        raise DataError(f"margin must be in (0, 1), however: {margin:g}")
    outcome = np.asarray(y).ravel()
    old, new = _numbers("pd_old", pd_old), _numbers("pd_new", pd_new)
    if not len(outcome) == len(old) == len(new):
        raise DataError(f"y, pd_old and pd_new must be of one length, however: {len(outcome)}, {len(old)}, {len(new)}")
    if len(strange := outcome[~np.isin(outcome, (0, 1))]):
        raise DataError(f"y must be 0 or 1, however: {strange.tolist()[0]!r}")
    weight = None if sample_weight is None else _numbers("sample_weight", sample_weight)
    if weight is not None and not (np.isfinite(weight) & (weight > 0)).all():
        raise DataError("sample_weight must be finite and above 0 in every row")
    if weight is not None and len(weight) != len(outcome):
        raise DataError(f"sample_weight must have {len(outcome)} rows, as y has, however: {len(weight)}")
    sample = Sample(
        "given rows", (), np.empty((len(outcome), 0)), outcome.astype(np.int8), np.arange(len(outcome)), weight=weight
    )
    rule = margins or (Margins() if margin is None else Margins(auc=margin))
    groups = None if clusters is None else coded(np.asarray(clusters), len(outcome))
    change = evaluation.compare("new", "old", sample, new, old, rule, groups)
    return Comparison(change)


def _numbers(name: str, values: ArrayLike) -> Vector:
    """Raises: DataError for what is no number."""
    try:
        return np.asarray(values, np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be numbers, however: {' '.join(str(error).split())[:100]}") from error
