"""The champion beside the truth, on 200,000 loans whose true PD is known: only by chance is an AUC higher than its own.

Random split, out of the same TOML that `riskmodel synth` writes; the champion is the booster with the least log-loss on
tune. Slope 1 is a calibration that is neither timid nor bold.
"""

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.progress import track

from riskmodel import scorers
from riskmodel.config import SplitShares
from riskmodel.core import Choice
from riskmodel.datasets import schema, split, synthetic
from riskmodel.evaluation import auc
from riskmodel.evaluation.champion import choose
from riskmodel.evaluation.metrics.calibration import slope_and_intercept
from riskmodel.workflows.train import develop

ROWS = 200_000
FEATURES = (12, 23, 40)


def table(console: Console) -> str:
    """Test AUC of the champion and of the true PD, and the champion's calibration, by number of features."""
    lines = [
        f"## Known truth: {ROWS:,} synthetic loans",
        "",
        "| features | champion | AUC | AUC of the true PD | less | calibration slope | mean abs. error of the PD |",
        "|---|---|---|---|---|---|---|",
        *(_row(features) for features in track(FEATURES, "truth", console=console)),
    ]
    return "\n".join(lines)


def _row(features: int) -> str:
    world = synthetic.World(features=features)
    whole, roles = synthetic.portfolio(ROWS, 0, world), synthetic.roles("", world)
    keys = split.row_keys(whole, roles)
    rows = split.draw(keys.default, SplitShares(), 0)
    columns = schema.learn(whole, roles, keys.default, rows.train)
    samples = split.split(whole, columns, rows, keys)
    how = {kind: scorers.recipe(kind, {}) for kind in ("lgbm", "xgb")}
    fitted = develop.fitted(how, columns.features, samples.development, 0)
    best = choose(fitted, samples.development).name
    test = samples.test.open(Choice(best))
    truth = np.asarray(whole["true_pd"].take(pa.array(test.rows)))
    pd = fitted[best].scorer.score(test)
    ours, theirs, (slope, _) = auc(test.default, pd), auc(test.default, truth), slope_and_intercept(test.default, pd)
    return (
        f"| {features} | {best} | {ours.value:.4f} ({ours.low:.4f} to {ours.high:.4f}) | {theirs.value:.4f} | "
        f"{theirs.value - ours.value:.4f} | {slope.value:.3f} ({slope.low:.3f} to {slope.high:.3f}) | "
        f"{np.abs(pd - truth).mean():.4f} |"
    )
