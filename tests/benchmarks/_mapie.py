"""MAPIE's control of a binary risk (Learn then Test) as a rival: the threshold that it allows for the same rows.

It is no dependency: `pip install --target FOLDER --no-deps mapie`, and PYTHONPATH=FOLDER, where it is wanted.
"""

import warnings

import numpy as np

from riskmodel.stats.risk_control import thresholds

try:
    from mapie.risk_control import BinaryClassificationController
except ImportError:
    BinaryClassificationController = None

COUNT = 100
WAYS = ("MAPIE, as it comes", "MAPIE, our thresholds and order")


def is_here() -> bool:
    return BinaryClassificationController is not None


def below(way: str, pd: np.ndarray, default: np.ndarray, target: float, alpha: float) -> float | None:
    """The PD below which it approves: the bad rate among the approved is one less its precision for goods.

    As it comes it tests quantiles of the PDs by Bonferroni and Holm. Its best is a fixed sequence, for which it has no
    order of its own: it gets ours, so that its p-value alone is another (Hoeffding and Bentkus).
    """
    as_it_comes = way == WAYS[0]
    controller = BinaryClassificationController(
        lambda rows: np.column_stack([rows, 1 - rows]),
        "precision",
        1 - target,
        confidence_level=1 - alpha,
        list_predict_params=1 - (_quantiles(pd) if as_it_comes else _ours(pd, target)),
        fwer_method="bonferroni_holm" if as_it_comes else "fixed_sequence",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.calibrate(pd, 1 - default)
    best = controller.best_predict_param
    return None if best is None else float(np.nextafter(1 - best, 1))


def _quantiles(pd: np.ndarray) -> np.ndarray:
    return np.unique(np.quantile(pd, np.linspace(1 / COUNT, 1, COUNT)))


def _ours(pd: np.ndarray, target: float) -> np.ndarray:
    """It approves at a threshold too, and we below it alone."""
    return np.nextafter([below for below, _ in thresholds(pd, target)], 0)
