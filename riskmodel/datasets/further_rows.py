"""Applications without outcome: half of them teach, the other half says how far scores move where nobody looked."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Column, Matrix, Sample


def halves(applications: Matrix | None, features: tuple[Column, ...], seed: int) -> tuple[Matrix | None, Sample | None]:
    """Rows (m x features) to learn PDs from, and as many that are kept from all fitting; None where there are none."""
    if applications is None or len(applications) < 2:
        return applications, None
    order = np.random.default_rng(seed).permutation(len(applications))
    taught, kept = (np.sort(order[place::2]) for place in (0, 1))
    unknown = np.zeros(len(kept), np.int8)  # no outcome is read of them
    return applications[taught], Sample("applications without outcome", features, applications[kept], unknown, kept)
