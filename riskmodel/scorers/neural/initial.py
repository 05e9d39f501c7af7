"""A network before training: random weights, and bins at the train quantiles of each numeric input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.networks import Array, Network, Single


def initial_network(
    numbers: Single, indicators: int, *, hidden: Sequence[int], members: int, bins: int, embedding: int, seed: int
) -> Network:
    """An untrained network for these inputs; `numbers` is n x f, in train.

    As in the paper, embeddings start linear, and the members differ by a random scaling of each input; one member alone
    has none.
    """
    random = np.random.default_rng(seed)
    edges, count = _edges(numbers, bins), numbers.shape[1]
    inputs = [count * embedding + indicators, *hidden]
    chunks = np.repeat([embedding, 1], [count, indicators])
    scaling = random.standard_normal((members, len(chunks))) if members > 1 else np.ones((1, len(chunks)))
    return Network(
        edges=edges,
        bins=np.zeros((count, edges.shape[1] - 1, embedding), np.float32),
        slope=_uniform(random, (count, embedding), embedding),
        offset=_uniform(random, (count, embedding), embedding),
        scaling=np.repeat(scaling, chunks, axis=1).astype(np.float32),
        weights=tuple(_uniform(random, (wide, deep), deep) for wide, deep in zip(hidden, inputs, strict=False)),
        biases=tuple(_uniform(random, (wide,), deep) for wide, deep in zip(hidden, inputs, strict=False)),
        head=_uniform(random, (members, inputs[-1]), inputs[-1]),
        head_bias=_uniform(random, (members,), inputs[-1]),
    ).stored_as(np.float32)


def _edges(numbers: Single, bins: int) -> Array:
    """Quantiles without their repetitions, f x (bins + 1), filled up with +inf."""
    edges = np.full((numbers.shape[1], bins + 1), np.inf, np.float32)
    for i, values in enumerate(numbers.T):
        distinct = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)).astype(np.float32))
        edges[i, : len(distinct)] = distinct
    return edges


def _uniform(random: np.random.Generator, shape: tuple[int, ...], inputs: int) -> Single:
    """Uniform within 1 / sqrt(inputs) of zero, as torch begins its linear layers."""
    return random.uniform(-(inputs**-0.5), inputs**-0.5, shape).astype(np.float32)
