"""What is known of a model whose products are of 8-bit numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Int8Certificate:
    """How far it moved a PD from the given scorer's, and on what that was measured."""

    change: float  # the largest, on `rows` made-up applications
    tolerance: float  # what it was allowed
    rows: int
    instructions: tuple[str, ...]  # of the processor that it was made on
