"""The neutral anatomy of a neural scorer: TabM-mini with piecewise-linear embeddings, in plain numpy.

Pruners cut this and scorers train it; scoring needs nothing else. With one member it is the plain MLP.
It refuses arrays that do not fit together.
Sources: Gorishniy et al. 2024, TabM (arXiv 2410.24210); Gorishniy et al. 2022, embeddings (arXiv 2203.05556).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.special import log_expit

from riskmodel.core import Vector
from riskmodel.errors import BundleError, RiskModelError

Array = NDArray[np.floating[Any]]
Single = NDArray[np.float32]

CHUNK = 1024  # rows at a time: bounds the memory of any number of rows


@dataclass(frozen=True, eq=False)
class Network:
    """f numeric inputs, i indicators, k members, layers of ReLU neurons; stored in any width, computed in float32."""

    edges: Array  # f x (bins + 1): each row rises, then +inf where an input has fewer bins
    bins: Array  # f x bins x d: what passing each bin adds to the embedding
    slope: Array  # f x d: the linear part of the embedding (version B of the paper)
    offset: Array  # f x d
    scaling: Array  # k x (f d + i): all that the members do not share, but for their heads
    weights: tuple[Array, ...]  # a layer: neurons x inputs
    biases: tuple[Array, ...]
    head: Array  # k x neurons of the last layer
    head_bias: Array  # k

    def __post_init__(self) -> None:
        inputs = [self.scaling.shape[1], *self.widths]
        shapes = [matrix.shape for matrix in self.matrices]
        due = [*zip(self.widths, inputs, strict=False), (len(self.scaling), inputs[-1])]
        if shapes != due or self.bins.shape[:2] != (len(self.edges), self.edges.shape[1] - 1):
            raise RiskModelError(f"the layers of a network must fit together: {due}, however: {shapes}")

    @property
    def members(self) -> int:
        return len(self.scaling)

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of each hidden layer."""
        return tuple(len(bias) for bias in self.biases)

    @property
    def matrices(self) -> tuple[Array, ...]:
        """The hidden layers' weights and the head's, in the order of the data."""
        return (*self.weights, self.head)

    @property
    def offsets(self) -> tuple[Array, ...]:
        """What is added after each of `matrices`."""
        return (*self.biases, self.head_bias)

    @property
    def arrays(self) -> dict[str, Array]:
        """Every array by its name; `from_arrays` is the way back."""
        layers = enumerate(zip(self.weights, self.biases, strict=True), start=1)
        named = {
            f"{name}{i}": values for i, pair in layers for name, values in zip(("weight", "bias"), pair, strict=True)
        }
        first = {name: getattr(self, name) for name in ("edges", "bins", "slope", "offset", "scaling")}
        return {**first, **named, "head": self.head, "head_bias": self.head_bias}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Network:
        """The network that `arrays` describes. Raises: BundleError where one is missing."""
        depth = sum(name.startswith("weight") for name in arrays)
        try:
            rest = {name: arrays[name] for name in ("edges", "bins", "slope", "offset", "scaling", "head", "head_bias")}
            weights, biases = (tuple(arrays[f"{name}{i}"] for i in range(1, depth + 1)) for name in ("weight", "bias"))
        except KeyError as error:
            raise BundleError(f"the network's arrays lack {error}") from error
        return cls(weights=weights, biases=biases, **rest)

    @classmethod
    def of_mlp(cls, coefs: Sequence[Array], intercepts: Sequence[Array]) -> Network:
        """A plain network of ReLU layers from weights as scikit-learn's MLPClassifier holds them, inputs x neurons.

        The head gives log-odds; all inputs count as indicators, so that none is embedded.
        Raises: RiskModelError where the head has not one output, as that of several classes.
        """
        if coefs[-1].shape[1] != 1:
            raise RiskModelError(f"a network must end in one output, however: {coefs[-1].shape[1]}")
        none = np.empty((0, 1), np.float32)
        *weights, head = (np.array(coef.T, np.float32, order="C") for coef in coefs)
        *biases, head_bias = (np.array(intercept, np.float32) for intercept in intercepts)
        return cls(
            edges=np.empty((0, 2), np.float32),
            bins=np.empty((0, 1, 1), np.float32),
            slope=none,
            offset=none,
            scaling=np.ones((1, coefs[0].shape[0]), np.float32),
            weights=tuple(weights),
            biases=tuple(biases),
            head=head,
            head_bias=head_bias,
        )

    # ------------------------------------------------------------------------------------------ scoring

    def margin(self, encoded: Single) -> Vector:
        """Log-odds of the members' mean probability, not the mean of their log-odds; `encoded` is n x (f + i)."""
        logits = self.logits(encoded).astype(np.float64)
        if self.members == 1:
            return logits[:, 0]
        log_pd = log_expit(logits)
        return np.logaddexp.reduce(log_pd, axis=1) - np.logaddexp.reduce(log_pd - logits, axis=1)

    def logits(self, encoded: Single) -> Single:
        """Each member's log-odds, n x k."""
        out = np.empty((len(encoded), self.members), np.float32)
        for start in range(0, len(encoded), CHUNK):
            *_, last = self._layers(encoded[start : start + CHUNK])
            out[start : start + CHUNK] = self._heads(last)
        out += self._single.head_bias
        return out

    def _heads(self, last: Array) -> Array:
        """Each member's own sum of its last layer, n x k x neurons."""
        if self.members == 1:
            return last[:, 0] @ self._single.head.T  # the same, and faster than einsum
        return np.einsum("nkw,kw->nk", last, self._single.head)

    def hidden(self, encoded: Single) -> tuple[Array, ...]:
        """Each layer's activations, n x k x neurons; all in memory at once."""
        return tuple(self._layers(encoded))

    def _layers(self, encoded: Single) -> Iterator[Array]:
        shape, first = (len(encoded), self.members, -1), self._scaled_first
        current = np.maximum((self.inputs(encoded) @ first).reshape(shape) + self._single.biases[0], 0)
        yield current
        for weight, bias in zip(self._single.weights[1:], self._single.biases[1:], strict=True):
            current = np.maximum((current.reshape(-1, weight.shape[1]) @ weight.T).reshape(shape) + bias, 0)
            yield current

    def inputs(self, encoded: Single) -> Array:
        """Embeddings, one input after the other, then the indicators: n x (f d + i)."""
        if not len(self.edges):
            return encoded
        left, width, starts, steps = self._bins
        value = encoded[:, : len(self.edges)]
        at = np.empty(value.shape, np.intp)
        for i, inner in enumerate(self._inner_edges):
            at[:, i] = i * self.bins.shape[1] + np.searchsorted(inner, value[:, i], side="right")
        share = (value - left.take(at)) / width.take(at)
        embedded = share[..., None] * steps.take(at, axis=0) + starts.take(at, axis=0)
        return np.concatenate([embedded.reshape(len(value), -1), encoded[:, len(self.edges) :]], axis=1)

    @cached_property
    def _single(self) -> Network:
        return self if self.head.dtype == np.float32 else self.stored_as(np.float32)

    @cached_property
    def _scaled_first(self) -> Array:
        """The first layer with each member's scaling inside, inputs x (k neurons): one product serves all members."""
        scaled = self._single.scaling[:, None, :] * self._single.weights[0]
        return np.ascontiguousarray(scaled.reshape(-1, scaled.shape[2]).T)

    @cached_property
    def _inner_edges(self) -> tuple[Array, ...]:
        return tuple(row[np.isfinite(row)][1:-1] for row in self.edges)

    @cached_property
    def _bins(self) -> tuple[Array, Array, Array, Array]:
        """An embedding is a broken line: each bin's left edge, width, value there, and rise; f bins (x d)."""
        edges = np.where(np.isfinite(self.edges), self.edges, 0)  # no value is looked up in the filling
        width, depth = np.diff(edges, axis=1), self.bins.shape[2]
        slope, offset = self._single.slope[:, None, :], self._single.offset[:, None, :]
        steps = self._single.bins + slope * width[..., None]
        starts = np.cumsum(steps, axis=1) - steps + slope * edges[:, :1, None] + offset
        return edges[:, :-1].ravel(), width.ravel(), starts.reshape(-1, depth), steps.reshape(-1, depth)

    # --------------------------------------------------------------------------------------- being cut

    def without_neurons(self, gone: Sequence[Sequence[int]]) -> Network:
        """The network without these neurons, a sequence for each hidden layer: their rows, biases and columns go."""
        matrices, biases = list(self.matrices), list(self.biases)
        for i, neurons in enumerate(gone):
            if len(set(neurons)) >= len(biases[i]):
                raise RiskModelError(f"layer {i + 1} must keep a neuron, however: all {len(biases[i])} are to go")
            positions = np.asarray(neurons, np.intp)
            matrices[i], biases[i] = np.delete(matrices[i], positions, axis=0), np.delete(biases[i], positions)
            matrices[i + 1] = np.delete(matrices[i + 1], positions, axis=1)
        return self.with_matrices(matrices, (*biases, self.head_bias))

    def with_matrices(self, matrices: Sequence[Array], offsets: Sequence[Array] | None = None) -> Network:
        """The network with these in place of `matrices`, and where they are given of `offsets`."""
        *biases, head_bias = self.offsets if offsets is None else offsets
        return replace(self, weights=tuple(matrices[:-1]), biases=tuple(biases), head=matrices[-1], head_bias=head_bias)

    def with_members(self, kept: Sequence[int]) -> Network:
        """The network of these members alone; a single one has its scaling folded into the first layer."""
        if not len(kept):
            raise RiskModelError(f"a network must keep a member, however: all {self.members} are to go")
        at = np.asarray(kept, np.intp)
        scaling, weights = self.scaling[at], self.weights
        if len(at) == 1:
            weights, scaling = (weights[0] * scaling[0], *weights[1:]), np.ones_like(scaling)
        return replace(self, scaling=scaling, weights=weights, head=self.head[at], head_bias=self.head_bias[at])

    def stored_as(self, width: DTypeLike) -> Network:
        """The network in another float width; edges stay, since bins narrower than a rounding step would vanish."""
        return self.from_arrays({k: v if k == "edges" else v.astype(width) for k, v in self.arrays.items()})

    # ------------------------------------------------------------------------------------------ counts

    @property
    def neurons(self) -> int:
        return sum(self.widths)

    @property
    def parameters(self) -> int:
        """Numbers that were learnt; the filling of short rows of bins is none."""
        filling = int(np.isinf(self.edges).sum()) * self.bins.shape[2]
        return sum(values.size for name, values in self.arrays.items() if name != "edges") - filling

    @property
    def connections(self) -> int:
        """Parameters that are not zero."""
        return sum(int(np.count_nonzero(values)) for name, values in self.arrays.items() if name != "edges")

    @property
    def work(self) -> int:
        """Multiply-adds a row, the scaling folded into the first layer; a dense product does not skip zeros."""
        return self.slope.size + self.members * sum(weight.size for weight in self.weights) + self.head.size
