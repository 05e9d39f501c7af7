"""How good, how well calibrated and how fast a scorer is, and what a challenger changes; it chooses nothing."""

from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.cost.hardware import machine
from riskmodel.evaluation.cost.latency import Calls, Effort, measure
from riskmodel.evaluation.metrics.calibration import brier, fit_calibration, log_loss, recalibrated
from riskmodel.evaluation.metrics.discrimination import accuracy, auc, gini, ks
from riskmodel.evaluation.metrics.evaluate import evaluate

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
    "recalibrated",
]
