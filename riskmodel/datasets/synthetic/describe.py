"""Tells a run what the columns of a portfolio are for: the roles, and a whole TOML to start from."""

from __future__ import annotations

import json

from riskmodel.config import Data
from riskmodel.datasets.synthetic.dictionary import LEAKS, features
from riskmodel.datasets.synthetic.world import PLAIN, World

_RUN = """\
# A run on a simulated portfolio whose true PD is known; README.md says what its columns mean.

name = "synthetic"
seed = 0
threads = 2

[data]{leak}
path = {path}                             # relative to this file
sha256 = "{sha256}"
target = "default"                         # 1 is a bad
id = "loan_id"
time = "vintage"                           # the latest loans are the test sample
{borrower}amount = "loan_amount"
ignore = {ignore}
categorical = {categorical}
protected = {{ group = false }}              # judged by, never scored by

[data.codes]                               # numbers that are no quantity
{codes}
[policy]
approval_rate = 0.80
refer_rate = 0.05                          # of the approved, those nearest the cutoff go to a person
grade_edges = [0.02, 0.05, 0.10, 0.20, 0.40]

[[scorers]]
name = "lgbm"
kind = "lgbm"
options = {{ search = 4 }}                   # settings tried on development rows

[[scorers]]
name = "scorecard"
kind = "scorecard"

[[recipes]]                                # subtrees become leaves, the weakest first
scorers = ["lgbm"]
steps = [{{ pruner = "collapse", keep = [0.5, 0.25, 0.1] }}]

[[recipes]]                                # the two honest rivals of every pruned booster
scorers = ["lgbm"]
steps = [{{ pruner = "prefix", keep = [0.5, 0.25] }}]

[[recipes]]
scorers = ["lgbm"]
steps = [{{ pruner = "retrain", keep = [0.5, 0.25] }}]
"""


def roles(path: str, world: World = PLAIN) -> Data:
    """What a run's TOML says of this portfolio; the true PD is ignored, and the group only judged by."""
    there = features(world.features)
    return Data(
        path=path,
        target="default",
        id="loan_id",
        time="vintage",
        borrower="borrower_id" if world.returning else None,
        amount="loan_amount",
        ignore=["true_pd", *(["observed_pd"] if world.noise else [])],
        categorical=[*(entry.name for entry in there if entry.levels), "group"],
        protected={"group": False},
        codes={entry.name: list(entry.codes) for entry in there if entry.codes},
    )


def run_toml(path: str, sha256: str, world: World = PLAIN) -> str:
    """A run's TOML with these roles. A planted leak is left among the features, for the screens to find."""
    data = roles(path, world)
    leak = f"  # {' and '.join(LEAKS)} are planted leaks: each wants an answer before training" if world.leak else ""
    return _RUN.format(
        leak=leak,
        path=json.dumps(path),
        sha256=sha256,
        borrower=f'borrower = "{data.borrower}"\n' if data.borrower else "",
        ignore=json.dumps(data.ignore),
        categorical=json.dumps(data.categorical),
        codes="".join(f"{name} = {values}\n" for name, values in data.codes.items()),
    )
