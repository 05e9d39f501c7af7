"""How long a whole path of six sizes takes on a large model, and what one pass over one tree's rows costs.

500 trees of 31 leaves and 100,000 rows, four fifths of them train and the rest tune; peak memory of the process.
"""

import resource
from time import perf_counter

import lightgbm
from rich.console import Console

from riskmodel import pruning
from riskmodel.core import Calibration, Development, Sample
from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets.outcome import outcome
from riskmodel.pruning.algorithms.trees.block_coordinate import Descent
from riskmodel.pruning.algorithms.trees.problem import Problem, stated
from riskmodel.scorers.lgbm import LgbmRecipe, LgbmScorer
from riskmodel.scorers.lgbm.model import LgbmModel

KEEPS = (0.5, 0.25, 0.1, 0.05, 0.025, 0.01)
SIZES = ((50_000, 500), (100_000, 250), (100_000, 500))
PRUNERS = ("trees", "collapse", "group_lasso", "level_scaling")


def table(console: Console) -> str:
    """Seconds by pruner, rows and trees."""
    lines = [
        "## A path of six sizes (31 leaves a tree, one process)",
        "",
        "| pruner | rows | trees | seconds | ns a row and tree |",
        "|---|---|---|---|---|",
    ]
    swept = [
        "A sweep is what all but `trees` repeat: each tree's gradient, and a step of its leaves. One thread, on the",
        "rows of train (four fifths), the least of five.",
        "",
        "| rows | trees | ms a sweep | ns a row, tree and sweep |",
        "|---|---|---|---|",
    ]
    for rows, trees in SIZES:
        development, scorer = _grown(rows, trees)
        problem = stated(scorer, development, mix=0.8, monotone=True)
        seconds = min(_swept(problem) for _ in range(5))
        each = seconds / len(development.train) / trees * 1e9
        swept.append(f"| {len(development.train):,} | {trees} | {seconds * 1e3:.0f} | {each:.1f} |")
        for name in PRUNERS:
            console.print(name, rows, trees)
            start = perf_counter()
            pruning.make(name).plans(scorer, development, KEEPS)
            seconds = perf_counter() - start
            lines.append(f"| {name} | {rows:,} | {trees} | {seconds:.1f} | {seconds / rows / trees * 1e9:.0f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return "\n".join([*lines, "", f"Peak memory of the process: {peak:.2f} GiB.", "", *swept])


def _swept(problem: Problem) -> float:
    """Seconds of one sweep over all trees."""
    descent = Descent(problem.train.codes, problem.train.objective, problem.values, problem.train.objective.base)
    steps = [1e-6 * values for values in problem.values]
    start = perf_counter()
    for tree, step in enumerate(steps):
        descent.gradient(tree)
        descent.move(tree, step)
    return perf_counter() - start


def _grown(rows: int, trees: int) -> tuple[Development, LgbmScorer]:
    whole = synthetic.portfolio(rows, seed=0)
    default = outcome(whole, "default")
    columns = schema.learn(whole, synthetic.roles(""), default)
    matrix = encode.matrix(whole, columns.features)
    edge = rows * 4 // 5
    of = [
        Sample(name, columns.features, matrix[part], default[part], whole["loan_id"].to_numpy()[part])
        for name, part in (("train", slice(0, edge)), ("tune", slice(edge, None)))
    ]
    development = Development(*of)
    codes = [i for i, column in enumerate(columns.features) if column.categories]
    data = lightgbm.Dataset(development.train.matrix, development.train.default, categorical_feature=codes)
    settings = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.02, "verbose": -1, "seed": 0}
    text = lightgbm.train(settings, data, trees).model_to_string().encode()
    return development, LgbmScorer(columns.features, Calibration(), LgbmModel(text), LgbmRecipe(search=0), 0)
