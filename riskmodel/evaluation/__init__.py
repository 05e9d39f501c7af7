"""How good, how well calibrated and how fast a scorer is, and what a challenger changes; it chooses nothing."""

from riskmodel.evaluation.calibration import brier, fit_calibration, log_loss
from riskmodel.evaluation.change import compare
from riskmodel.evaluation.discrimination import accuracy, auc, gini, ks
from riskmodel.evaluation.hardware import machine
from riskmodel.evaluation.latency import Calls, Effort, measure
from riskmodel.evaluation.worth import evaluate

__all__ = [
    "Calls",
    "Effort",
    "accuracy",
    "auc",
    "brier",
    "compare",
    "evaluate",
    "fit_calibration",
    "gini",
    "ks",
    "log_loss",
    "machine",
    "measure",
]
