"""Small samples whose true margin is known, and settings that fit each kind of scorer in a second."""

import numpy as np

from riskmodel.core import Column, Kind, Sample

FEATURES = (
    Column("income"),
    Column("utilisation"),
    Column("purpose", kind=Kind.CATEGORICAL, categories=("boat", "car", "debt", "home", "school")),
    Column("months", monotone=-1),
    Column("noise"),
)
MONTHS = {"first": ["income", "utilisation"], "second": ["noise", "months"]}  # any two numbers, as two months
STEPS = {"epochs": 8, "hidden": [8], "batch": 64, "rate": 0.02, "least_steps": 0, "sequence": MONTHS}
QUICK = {
    "lgbm": {"search": 0, "rounds": 30, "leaves": 6, "rate": 0.2, "min_rows": 20},
    "xgb": {"search": 0, "rounds": 30, "leaves": 6, "rate": 0.2, "min_rows": 20},
    "catboost": {"search": 0, "rounds": 30, "leaves": 8, "rate": 0.2},
    "ebm": {"rounds": 40, "rate": 0.1, "bags": 1, "bins": 16, "pairs": 2, "pair_bins": 6},
    "neural": {"epochs": 12, "members": 2, "hidden": [12, 8], "batch": 64, "rate": 0.01, "least_steps": 0},
    "mlp": {"epochs": 12, "hidden": [12, 8], "batch": 64, "rate": 0.01, "least_steps": 0},
    "gru": {"units": 6, **STEPS},
    "conv": {"channels": [6], **STEPS},
    "scorecard": {},
    "simple": {"terms": 4},
    "onnx": {"of": "scorecard"},
    "blend": {
        "of": [
            {"kind": "scorecard"},
            {"kind": "lgbm", "options": {"search": 0, "rounds": 20, "leaves": 4, "rate": 0.2, "min_rows": 20}},
        ]
    },
}


def drawn(rows: int, seed: int, name: str = "sample") -> Sample:
    """Applications whose margin is known: a threshold, an interaction, a category, and missing values that tell."""
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(rows, len(FEATURES)))
    matrix[:, 2] = draw.integers(0, 5, rows)
    matrix[:, 3] = draw.integers(0, 60, rows)
    missing = draw.random(rows) < 0.1
    margin = -1.2 - matrix[:, 0] + 1.5 * (matrix[:, 1] > 0.5) * (matrix[:, 2] < 2) - 0.03 * matrix[:, 3] + missing
    matrix[missing, 0] = np.nan
    default = (draw.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    days = np.datetime64("2024-01-01") + (np.arange(rows) * 7919) % 730
    return Sample(name, FEATURES, matrix, default, np.arange(rows), days=days)
