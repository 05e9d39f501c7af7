"""Samples in which a good of ten stands for ten: what is fitted to them, and whether their intervals hold."""

import lightgbm
import numpy as np
import weighted_draws
import xgboost
from rich.console import Console
from rich.progress import track

from riskmodel import scorers
from riskmodel.evaluation import recalibrated
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.scorers.lgbm import LgbmRecipe
from riskmodel.scorers.xgb import XgbRecipe

ROWS, DRAWS = 1_000_000, 50
WITHIN = 0.02
SAMPLE, SAMPLES = 5000, 800
BRIEF = {"search": 0, "rounds": 60, "rate": 0.15, "patience": 20}
KINDS = {"lgbm": BRIEF, "xgb": BRIEF}


def table(console: Console) -> str:
    """Ratios to what the whole set gives, and shares of intervals that hold."""
    everything = weighted_draws.whole(ROWS)
    lines = [line for kind in KINDS for line in _fits(everything, kind, console)]
    shares = weighted_draws.covered(everything, SAMPLE, SAMPLES)
    return "\n".join(
        [
            f"## Weighted samples: one good of ten, for ten ({ROWS:,} synthetic loans, {DRAWS} draws)\n",
            f"Fitted, stopped and calibrated on what is drawn of {ROWS // 2:,} rows of train and {ROWS // 5:,}",
            f"of tune, and held on {3 * ROWS // 10:,} rows of test, which are whole, against the same scorer of all",
            "rows. Least, mean and largest ratio over the draws, and how many draws are within 2 %; and the mean PD",
            "where weights are left out.\n",
            "| scorer | mean PD | within 2 % | calibration slope | within 2 % | mean PD without weights |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
            f"Intervals at 95 % of {SAMPLES:,} samples of {SAMPLE:,} rows of test, of which goods are drawn, that hold",
            f"the value of all {3 * ROWS // 10:,}:\n",
            "| figure | hold |",
            "|---|---|",
            *(f"| {name} | {share:.1%} |" for name, share in shares.items()),
            "",
            f"Boosters equal their library, fitted with the same weights: {_as_the_library(everything)}.",
        ]
    )


def _fits(everything, kind, console):
    features, test = everything.train.features, everything.test
    recipe = scorers.recipe(kind, KINDS[kind], "options")

    def figures(development):
        scorer = recalibrated(recipe.fit(development, features, 0), development.tune)
        pd = scorer.score(test)
        return np.array([pd.mean(), slope_and_intercept(test.default, pd)[0].value])

    base = figures(weighted_draws.development(everything))
    ratios = []
    for seed in track(range(DRAWS), console=console, description=kind):
        drawn = weighted_draws.development(everything, np.random.default_rng(seed))
        ratios.append(figures(drawn) / base)
    blind = weighted_draws.unweighted(drawn)
    off = figures(blind)[0] / base[0]
    cells = " | ".join(_cells(column) for column in np.transpose(ratios))
    yield f"| {kind} | {cells} | {off:.1f} |"


def _cells(ratios):
    near = int((np.abs(ratios - 1) <= WITHIN).sum())
    return f"{ratios.min():.3f}, {ratios.mean():.3f}, {ratios.max():.3f} | {near} of {len(ratios)}"


def _as_the_library(everything):
    drawn = weighted_draws.development(everything, np.random.default_rng(0))
    equal = weighted_draws.as_the_library(LgbmRecipe(search=0, rounds=20), XgbRecipe(search=0, rounds=20), drawn)
    versions = f"LightGBM {lightgbm.__version__}, XGBoost {xgboost.__version__}"
    return f"{'all bytes' if all(equal) else f'NOT {equal}'} ({versions})"
