"""Whether a given model's PD fits the outcome that it is judged by: turned round it would be confirmed all the same."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Sample, Scorer
from riskmodel.errors import DataError
from riskmodel.evaluation.metrics import discrimination

TURNED = 0.45  # AUC below which a PD falls with the outcome; one without skill lies around 0.5
FAR = 3.0  # times that a mean PD may lie off the bad rate before it is worth a line


def check(scorer: Scorer, sample: Sample, name: str) -> None:
    """Holds the order of the PDs to the outcome.

    Raises: DataError where the AUC lies below `TURNED` with its whole 95 % interval: a smaller model's loss of
    AUC would then be counted as a gain.
    """
    area = discrimination.auc(sample.default, scorer.score(sample), weight=sample.weight)
    if area.high < TURNED:
        raise DataError(
            f"{name}: its PD must rise with the outcome, however: AUC {area.value:.3f}, at most {area.high:.3f}; "
            "it is 1 - PD, or the outcome's 1 is a good"
        )


def level(scorer: Scorer, sample: Sample) -> str | None:
    """A line where the mean PD is of another size than the bad rate, as in another unit; None where it is not."""
    mean, rate = (float(np.average(one, weights=sample.weight)) for one in (scorer.score(sample), sample.default))
    if rate / FAR <= mean <= rate * FAR:
        return None
    return (
        f"The mean PD is {mean:.2g}, the bad rate {rate:.2g}: PDs in another unit, or rows that were drawn by their "
        "outcome (weight names their column)?"
    )
