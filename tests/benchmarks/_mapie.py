"""MAPIE's control of a binary risk (Learn then Test) as a rival: the threshold that it allows for the same rows.

It is no dependency: `pip install --target FOLDER --no-deps mapie`, and PYTHONPATH=FOLDER, where it is wanted.
"""

import warnings

import numpy as np

try:
    from mapie.risk_control import BinaryClassificationController
    from mapie.risk_control.fwer_control import FWERFixedSequenceTesting
except ImportError:
    BinaryClassificationController = None

THRESHOLDS, STARTS = 100, 5
WAYS = ("MAPIE, Holm", "MAPIE, fixed sequence")


def is_here() -> bool:
    return BinaryClassificationController is not None


def below(way: str, pd: np.ndarray, default: np.ndarray, target: float, alpha: float) -> float | None:
    """The PD below which it approves: the bad rate among the approved is one less its precision for goods.

    Its thresholds are quantiles of the PDs; the sequence goes from the strictest to the laxest, from five places.
    """
    lowest = 1 - np.unique(np.quantile(pd, np.linspace(1 / THRESHOLDS, 1, THRESHOLDS)))
    controller = BinaryClassificationController(
        lambda rows: np.column_stack([rows, 1 - rows]),
        "precision",
        1 - target,
        confidence_level=1 - alpha,
        list_predict_params=lowest,
        fwer_method=FWERFixedSequenceTesting(STARTS) if way == WAYS[1] else "bonferroni_holm",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.calibrate(pd, 1 - default)
    best = controller.best_predict_param
    return None if best is None else float(np.nextafter(1 - best, 1))
