"""How far selection and test have moved from development: features, missing values, scores, bad rate, calibration.

Features are held against train, scores and bad rates against tune, whose rows fitted no scorer. Where rows have dates,
bad rate and calibration are judged by quarter too: in time (tune) and out of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np

from riskmodel.core import Development, Sample, Scorer, canonical
from riskmodel.core.evidence import Evidence
from riskmodel.evaluation import thresholds
from riskmodel.evaluation.stability import drift
from riskmodel.evaluation.thresholds import Thresholds

FILE = "drift.json"


def of_scorer(
    scorer: Scorer, development: Development, later: Sequence[Sample], time: str | None
) -> tuple[Evidence, ...]:
    """Evidence of drift from development to the later samples, for one scorer; `time` names the column of dates."""
    limits = thresholds.standard()
    return (*_shifts(scorer, development, later, limits), *_outcomes(scorer, development.tune, later, time, limits))


def _shifts(
    scorer: Scorer, development: Development, later: Sequence[Sample], limits: Thresholds
) -> Iterator[Evidence]:
    """One of each kind a sample; outcomes play no part. Where rows have weights, they are drawn by them."""
    train, tune, *later = (s.representative(len(s)) for s in (development.train, development.tune, *later))
    features, name = scorer.features, np.concatenate([np.full(len(sample), sample.name) for sample in later])
    before, now = train.columns(features), np.concatenate([sample.columns(features) for sample in later])
    yield from drift.score_shift(scorer.score(tune), scorer.pd(now), name, limits)
    yield from drift.feature_shift(before, now, features, name, limits)
    yield from drift.missing_shift(before, now, features, name, limits)


def _outcomes(
    scorer: Scorer, tune: Sample, later: Sequence[Sample], time: str | None, limits: Thresholds
) -> Iterator[Evidence]:
    samples = (tune, *later)
    default = np.concatenate([sample.default for sample in samples])
    pd = np.concatenate([scorer.score(sample) for sample in samples])
    name = np.concatenate([np.full(len(sample), sample.name) for sample in samples])
    new = name != tune.name
    weight = None if tune.weight is None else np.concatenate([s.weight for s in samples if s.weight is not None])
    weights = tune.weight, None if weight is None else weight[new]
    yield drift.bad_rate(tune.default, default[new], name[new], limits, weights)
    yield drift.calibration(default, pd, name, limits, weight)
    if time is not None:
        quarter = drift.quarters(np.concatenate([sample.attributes[time] for sample in samples]))
        yield drift.bad_rate(tune.default, default[new], quarter[new], limits, weights)
        yield drift.calibration(default, pd, quarter, limits, weight)


def to_json(evidence: Sequence[Evidence]) -> bytes:
    """What was found, with its methods, thresholds and tables."""
    return canonical([asdict(item) for item in evidence])
