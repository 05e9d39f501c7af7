"""Which places a kernel reads for each of its outputs, by the rules of ONNX's convolutions and pools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

Place = tuple[int, ...]


@dataclass(frozen=True)
class Windows:
    """One kernel over a grid, axis by axis."""

    shape: Place
    kernel: Place
    strides: Place
    dilations: Place
    before: Place  # zeros in front
    outputs: Place

    def of(self, place: Place) -> list[Place | None]:
        """The places that an output reads, in the kernel's order; None is padding."""
        axes = zip(place, self.kernel, self.strides, self.dilations, self.before, strict=True)
        reads = [[at * stride + i * apart - pad for i in range(size)] for at, size, stride, apart, pad in axes]
        return [one if self._inside(one) else None for one in product(*reads)]

    def _inside(self, place: Iterable[int]) -> bool:
        return all(0 <= at < size for at, size in zip(place, self.shape, strict=True))


def windows_of(  # noqa: PLR0917
    shape: Place,
    kernel: Place,
    strides: Sequence[int] | None = None,
    dilations: Sequence[int] | None = None,
    pads: Sequence[int] | None = None,
    padding: str = "NOTSET",
) -> Windows:
    """`pads` are those in front, then those behind; `padding` is ONNX's auto_pad. Raises: ValueError."""
    rank = len(shape)
    strides, dilations = tuple(strides or (1,) * rank), tuple(dilations or (1,) * rank)
    spans = [apart * (size - 1) + 1 for size, apart in zip(kernel, dilations, strict=True)]
    before, behind = _pads(shape, spans, strides, pads, padding)
    axes = zip(shape, before, behind, spans, strides, strict=True)
    outputs = tuple((size + a + b - span) // stride + 1 for size, a, b, span, stride in axes)
    if min(outputs, default=0) < 1 or min((*strides, *dilations, *kernel)) < 1:
        raise ValueError(f"a kernel of {spans} does not fit into {list(shape)}")
    return Windows(tuple(shape), tuple(kernel), strides, dilations, before, outputs)


def _pads(
    shape: Place, spans: list[int], strides: Place, pads: Sequence[int] | None, padding: str
) -> tuple[Place, Place]:
    rank = len(shape)
    if padding in ("NOTSET", "VALID"):
        given = tuple(pads or (0,) * 2 * rank) if padding == "NOTSET" else (0,) * 2 * rank
        if len(given) != 2 * rank or min(given) < 0:
            raise ValueError("pads do not fit")
        return given[:rank], given[rank:]
    axes = zip(shape, spans, strides, strict=True)
    missing = [max(0, (-(-size // stride) - 1) * stride + span - size) for size, span, stride in axes]
    less, more = tuple(one // 2 for one in missing), tuple(one - one // 2 for one in missing)
    return (less, more) if padding == "SAME_UPPER" else (more, less)
