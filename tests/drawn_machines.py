"""Explainable boosting machines drawn at random, and interpret's scoring written out: a table looked up for each term.

The real class is the oracle of tests/scorers/test_ebm_models.py; these have bins that no training would leave.
"""

from types import SimpleNamespace

import numpy as np

LEVELS = ("car", "debt", "home")


def drawn(seed, nominal=True, pairs=((0, 1), (1, 2))):
    """Numbers 0 and 1, and feature 2 of levels, two of which share a bin of pairs."""
    draw = np.random.default_rng(seed)

    def cuts():
        return np.sort(draw.choice(np.arange(-3.0, 3.5, 0.5), draw.integers(0, 5), replace=False))

    own = {level: place for place, level in enumerate(LEVELS, start=1)}
    shared = {"car": 1, "debt": 2, "home": 1}
    bins = [[cuts(), cuts()], [cuts(), cuts()], [own, shared] if nominal else [cuts(), cuts()]]
    terms = [(0,), (1,), (2,), *pairs]
    sizes = [[_bins(bins[place][len(term) - 1]) for place in term] for term in terms]
    return SimpleNamespace(
        classes_=np.array([0, 1]),
        link_="logit",
        feature_names_in_=["a", "b", "c"],
        feature_types_in_=["continuous", "continuous", "nominal" if nominal else "continuous"],
        bins_=bins,
        term_features_=terms,
        term_scores_=[
            _closed(draw.integers(-4, 5, size).astype(float), term, nominal)
            for size, term in zip(sizes, terms, strict=True)
        ],
        bin_weights_=[draw.integers(0, 40, size).astype(float) for size in sizes],
        bagged_intercept_=np.zeros(2),
        intercept_=np.array([0.75]),
    )


def _bins(bins):
    """With the first, of missing values, and the last, of levels that are not known."""
    return (max(bins.values()) if isinstance(bins, dict) else len(bins) + 1) + 2


def _closed(scores, term, nominal):
    """What is no number's is 0; a level that is not known counts as missing."""
    for axis, feature in enumerate(term):
        scores = np.moveaxis(scores, axis, 0)
        scores[-1] = scores[0] if nominal and feature == 2 else 0.0
        scores = np.moveaxis(scores, 0, axis)
    return scores


def margins(machine, rows):
    """Log-odds (n) of rows whose levels are codes in the order of the first table of bins."""
    total = np.full(len(rows), float(np.ravel(machine.intercept_)[0]))
    for term, scores in zip(machine.term_features_, machine.term_scores_, strict=True):
        for at, row in enumerate(rows):
            total[at] += scores[tuple(_bin(machine, feature, row[feature], len(term)) for feature in term)]
    return total


def _bin(machine, feature, value, size):
    tables = machine.bins_[feature]
    bins = tables[min(len(tables), size) - 1]
    if np.isnan(value):
        return 0
    if not isinstance(bins, dict):
        return int((np.asarray(bins) <= value).sum()) + 1
    names = list(tables[0])
    return bins[names[int(value)]] if value < len(names) else -1


def rows(machine, count, seed):
    """Numbers on cuts and between them, infinite and missing; levels, and one that is not known."""
    draw = np.random.default_rng(seed)
    numbers = np.array([*np.arange(-3.25, 3.5, 0.25), np.nan, np.inf, -np.inf, 1e300, 0.0])
    made = draw.choice(numbers, (count, 3))
    if machine.feature_types_in_[2] == "nominal":
        made[:, 2] = draw.choice([0.0, 1.0, 2.0, 3.0, np.nan], count)
    return made
