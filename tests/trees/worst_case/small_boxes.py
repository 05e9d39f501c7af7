"""Differences of small models, and the slow exact answer: every applicant that the cells can tell apart."""

from itertools import product

import numpy as np
from random_trees import random_ensemble

from riskmodel.trees.worst_case.flat_parts import flat_parts
from riskmodel.trees.worst_case.parts import difference


def problem(seed, features=(0, 1)):
    """Parts, how many cells each feature has, and the parts as arrays."""
    before, after = (random_ensemble(one, "lightgbm", trees=6, features=features) for one in (seed, seed + 30))
    values, parts = difference(before, after)
    cells = [len(column) for column in values]
    return parts, cells, flat_parts(parts, cells)


def total(parts, cell_of):
    """What an applicant of these cells has: the one leaf of each part that allows them all."""
    return sum(
        value
        for part in parts
        for leaf, value in enumerate(part.value)
        if all(mask[leaf, cell_of[feature]] for feature, mask in part.allowed.items())
    )


def largest(parts, chosen):
    return max(total(parts, cells) for cells in product(*(np.flatnonzero(mask).tolist() for mask in chosen)))
