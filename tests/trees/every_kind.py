"""One applicant of every kind that the splits of some ensembles can tell apart: the slow exact way."""

from itertools import product

import numpy as np

from riskmodel.trees.worst_case.cells import goes_left, merged, representatives


def every_kind(*ensembles):
    """Rows, kinds x features."""
    values = representatives(ensembles)
    trees = [(tree, ensemble) for ensemble in ensembles for tree in ensemble.trees]
    kept = merged(values, [goes_left(tree, ensemble, values) for tree, ensemble in trees], [tree for tree, _ in trees])
    return np.array(list(product(*(column[places] for column, places in zip(values, kept, strict=True)))))
