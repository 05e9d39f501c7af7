"""A loan portfolio whose true PD is known: the ground truth of tests and the load of benchmarks.

    world       what holds in it: how many features, gap, drift, noise, repeats, leak
    dictionary  its features, levels and special codes, with their meaning
    applicants  draws the twelve core features, `extras` the 28 others
    truth       the true PD, a formula of columns that the table shows; `terms` has its parts
    observed    what is recorded after the outcome
    loans       all of it, a block of rows at a time
    describe    the roles of its columns, a run's TOML, a README

A scorer that finds the formula can do no better, and the formula can be worked out again from the table alone.
"""

from riskmodel.datasets.synthetic.describe import roles
from riskmodel.datasets.synthetic.dictionary import CHANNEL, EMPLOYMENT, FEATURES, PURPOSE, REGION, RESIDENCE
from riskmodel.datasets.synthetic.loans import at_rate, batches, column_names, portfolio
from riskmodel.datasets.synthetic.truth import margin, observed_pd, true_pd, visible
from riskmodel.datasets.synthetic.world import BLOCK, FIRST_MONTH, MONTHS, PLAIN, World

__all__ = [
    "BLOCK",
    "CHANNEL",
    "EMPLOYMENT",
    "FEATURES",
    "FIRST_MONTH",
    "MONTHS",
    "PLAIN",
    "PURPOSE",
    "REGION",
    "RESIDENCE",
    "World",
    "at_rate",
    "batches",
    "column_names",
    "margin",
    "observed_pd",
    "portfolio",
    "roles",
    "true_pd",
    "visible",
]
