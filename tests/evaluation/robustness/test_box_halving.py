"""Loose bounds become narrow where boxes are halved, and no row is closed that could be turned."""

import numpy as np
from linear_scorer import COLUMNS, LinearScorer
from scipy.special import expit

from riskmodel.core import Calibration
from riskmodel.evaluation.robustness import box_halving
from riskmodel.evaluation.robustness.box_halving import halved

WEIGHTS = np.array([1.0, -0.5, 0.0])


def loose(low, high):
    """The exact range of a linear margin, and as much again on both sides."""
    reach = (high - low) @ np.abs(WEIGHTS) / 2
    middle = (low + high) @ WEIGHTS / 2
    return middle - 2 * reach, middle + 2 * reach


def asked(rows: int = 500):
    matrix = np.random.default_rng(0).normal(size=(rows, 3))
    margin = matrix @ WEIGHTS
    reach = np.array([0.2, 0.2, 0.0])
    over = np.abs(margin) < 2 * (reach @ np.abs(WEIGHTS))  # what loose bounds leave open
    matrix, margin = matrix[over], margin[over]
    scorer = LinearScorer(COLUMNS, Calibration(), tuple(WEIGHTS))
    effect = np.tile(reach * np.abs(WEIGHTS), (len(matrix), 1))
    box = (matrix - reach, matrix + reach)
    answer = halved(scorer, loose, box, margin >= 0, effect, (float(expit(0.0)), 0.0))
    return answer, np.abs(margin) <= reach @ np.abs(WEIGHTS)


def test_what_can_be_turned_stays_open_and_nearly_all_else_is_closed():
    answer, can = asked()
    assert not (answer.turned & ~can).any()
    assert not (can & ~answer.open_).any()
    assert (answer.turned & can).sum() > 0.85 * can.sum()
    assert (answer.open_ & ~can).sum() < 0.2 * (~can).sum()


def test_without_boxes_to_spend_everything_stays_open(monkeypatch):
    monkeypatch.setattr(box_halving, "BOXES", 0)
    answer, _ = asked()
    assert answer.open_.all()
    assert not answer.turned.any()
