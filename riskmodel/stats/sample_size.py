"""How many bads, and as many goods, each kind of work takes, one beside the other.

`least_bads` and `least_rows` of thresholds.toml are a bank's own policy for reports, and come on top.
"""

from __future__ import annotations

from riskmodel.core import Outcome

FOR_VARIANCE = 2  # one alone leaves a variance undefined, and none leaves nothing to fit
FOR_LEAF = 10  # to judge the leaves of a tree
FOR_SLOPE = 20  # of a calibration line: ten for each of two parameters (Peduzzi et al. 1996)
TO_DECIDE = 20  # with fewer no challenger is shown to be no worse, nor worse
FEW = 50  # below it normal intervals are too narrow


def fewest(default: Outcome) -> int:
    """How many rows the smaller class has."""
    bads = int(default.sum())
    return min(bads, len(default) - bads)
