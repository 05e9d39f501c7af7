"""A small run on the synthetic portfolio: its TOML and its table."""

import textwrap
from pathlib import Path

import pyarrow.parquet as pq

from riskmodel.datasets import synthetic

ROWS = 3000


def toml(**replaced: str) -> str:
    """The run's TOML; keyword arguments replace whole values."""
    values = {"seed": "3", "target": '"default"', "path": '"portfolio.parquet"', "keep": "[0.5, 0.2]", **replaced}
    return textwrap.dedent(
        """
        name = "small"
        seed = {seed}
        threads = 1

        [data]
        path = {path}
        target = {target}
        id = "loan_id"
        time = "vintage"
        amount = "loan_amount"
        ignore = ["true_pd"]
        categorical = ["employment", "purpose", "group"]
        protected = {{ group = false }}

        [policy]
        approval_rate = 0.8
        refer_rate = 0.1
        grade_edges = [0.05, 0.1, 0.2]

        [latency]
        budget_us = 1000000

        [[scorers]]
        name = "lgbm"
        kind = "lgbm"
        options = {{ search = 2, rounds = 60, patience = 20 }}

        [[scorers]]
        name = "xgb"
        kind = "xgb"
        options = {{ search = 0, rounds = 40, patience = 20 }}

        [[scorers]]
        name = "scorecard"
        kind = "scorecard"

        [[recipes]]
        scorers = ["lgbm", "xgb"]
        steps = [{{ pruner = "trees", keep = {keep} }}]

        [[recipes]]
        scorers = ["lgbm"]
        steps = [{{ pruner = "features", keep = 0.6 }}, {{ pruner = "prefix", keep = [0.5] }}]
        """
    ).format(**values)


def written(folder: Path, **replaced: str) -> Path:
    """The TOML and its table in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "portfolio.parquet").exists():
        pq.write_table(synthetic.portfolio(ROWS, seed=1), folder / "portfolio.parquet")
    (folder / "run.toml").write_text(toml(**replaced))
    return folder / "run.toml"
