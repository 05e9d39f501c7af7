"""Every kind of scorer, its preprocessing included, in ONNX Runtime against itself in numpy."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from samples import FEATURES

from riskmodel import compression, scorers
from riskmodel.core import Calibration
from riskmodel.errors import UnsupportedScorer

pytest.importorskip("onnxruntime")

KINDS = [kind for kind in scorers.names() if kind != "onnx"]


@pytest.mark.parametrize("width", ["float64", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_real_and_random_rows_get_the_same_pd(kind, width, fitted, fresh):
    scorer = fitted(kind)
    made = compression.make("onnx", {"width": width}).compress(scorer)
    probes = scorer.probes(3000, seed=9)
    for rows in (fresh.matrix, probes, np.full((2, len(FEATURES)), np.nan)):
        rows = rows.astype(width).astype(np.float64)  # noqa: PLW2901
        np.testing.assert_allclose(made.pd(rows), scorer.pd(rows), atol=1e-6, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_scored_one_by_one_as_they_are_together(kind, fitted, fresh):
    made = compression.make("onnx").compress(fitted(kind))
    alone = [made.pd(fresh.matrix[i : i + 1])[0] for i in range(9)]
    np.testing.assert_allclose(alone, made.pd(fresh.matrix)[:9], atol=1e-7, rtol=0)


def test_boosters_in_double_precision_keep_every_bit(fitted, fresh):
    scorer = fitted("lgbm")
    made = compression.make("onnx").compress(scorer)
    np.testing.assert_allclose(made.raw_margin(fresh.matrix), scorer.raw_margin(fresh.matrix), atol=1e-14, rtol=0)


def test_a_recalibration_reaches_the_pd_but_not_the_model(fitted, fresh):
    made = compression.make("onnx").compress(fitted("scorecard"))
    recalibrated = made.recalibrated(Calibration(1.0, 0.5))
    assert recalibrated.model == made.model
    np.testing.assert_allclose(recalibrated.margin(fresh.matrix), 1 + 0.5 * made.raw_margin(fresh.matrix))


def test_what_is_onnx_already_stays_and_cannot_become_a_part(fitted):
    made = compression.make("onnx").compress(fitted("scorecard"))
    assert compression.make("onnx").compress(made).model == made.model
    with pytest.raises(UnsupportedScorer, match="an ONNX model of float64 already, however: float32"):
        compression.make("onnx", {"width": "float32"}).compress(made)


def test_a_scorer_of_another_package_is_refused():
    @dataclass(frozen=True)
    class Stranger:
        kind: str = "stranger"

    with pytest.raises(UnsupportedScorer, match="onnx works on riskmodel's own scorers, however: stranger"):
        compression.make("onnx").compress(Stranger())


def test_a_network_with_a_weight_that_is_no_number_is_refused(fitted):
    scorer = fitted("mlp")
    head = replace(scorer.network, head=np.full_like(scorer.network.head, np.nan))
    with pytest.raises(UnsupportedScorer, match="must have finite weights"):
        compression.make("onnx").compress(scorer.with_network(head))


def test_probes_are_the_same_twice_and_reach_gaps_and_unseen_levels(fitted):
    for kind in KINDS:
        rows = fitted(kind).probes(800)
        np.testing.assert_array_equal(rows, fitted(kind).probes(800))
        assert np.isnan(rows).mean() > 0.04
        assert np.nanmax(rows[:, 2]) >= len(FEATURES[2].categories)
