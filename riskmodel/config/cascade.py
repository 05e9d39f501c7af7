"""`[cascade]`: what is bought for the undecided alone."""

from __future__ import annotations

from riskmodel.config._strict import Share, Strict


class CascadeRule(Strict):
    """A variant in which a scorer of the run is asked where it, fitted without what is bought, is not certain."""

    full: str | None = None  # the scorer; the champion where it is not named
    buy: list[str] = []  # vendors, or features with a price of their own; none named: all that is charged
    differ: Share = 0.01  # the most decisions unlike the full scorer's, as a share of all
    alpha: Share = 0.05  # probability that more of them differ
