"""Convolutions over neighbouring months, and dense layers on what they give and the features beside.

Source: Bai et al. 2018 (arXiv 1803.01271), without padding, dilation or residuals: credit files have few months.
`[data.sequence]` names the months; training needs torch, scoring numpy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from riskmodel.core import Column, Development, Targets, Tick
from riskmodel.networks.sequences import ConvCell, SequenceCell
from riskmodel.scorers._sequence.recipe import SequenceRecipe, share, uniform
from riskmodel.scorers._sequence.scorer import SequenceScorer
from riskmodel.scorers.base.network import Count, Widths


@dataclass(frozen=True)
class ConvRecipe(SequenceRecipe):
    """How a convolutional scorer is trained."""

    channels: Widths = (64, 64)  # of each convolution
    span: Count = 3  # months side by side, at most: fewer where fewer are left

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "channels", tuple(self.channels))

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> ConvScorer:
        """A scorer of these features; one tick an epoch.

        Raises: DataError for months that are no numbers, RiskModelError where torch is missing.
        """
        return ConvScorer.checked_fit(self, development, features, seed, tick, targets)

    def cell(self, months: int, inputs: int, random: np.random.Generator) -> SequenceCell:
        kernels, biases, spans = [], [], []
        for channels in self.channels:
            span = min(self.span, months)
            kernels.append(uniform(random, (channels, span * inputs), span * inputs))
            biases.append(uniform(random, (channels,), span * inputs))
            spans.append(span)
            months, inputs = months - span + 1, channels
        return ConvCell(tuple(kernels), tuple(biases), tuple(spans))

    def sized(self, cell: SequenceCell, size: float) -> ConvRecipe:
        widths = [len(bias) for bias in cell.biases] if isinstance(cell, ConvCell) else self.channels
        return replace(self, channels=tuple(share(width, size) for width in widths))


@dataclass(frozen=True, eq=False)
class ConvScorer(SequenceScorer):
    """A convolutional network that torch trains."""

    kind = "conv"
    recipe_type = ConvRecipe
