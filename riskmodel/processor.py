"""The instructions of a processor by which libraries choose their kernels: each may sum the same model otherwise."""

from __future__ import annotations

import platform
from functools import cache

from llvmlite import binding  # type: ignore[import-untyped]

# The sets that numpy, BLAS, torch and ONNX Runtime choose their kernels by, as LLVM spells them; weakest first.
_SETS = ("sse4.2", "avx2", "fma", "avx512f", "avx512vnni", "avxvnni", "amx-int8", "neon", "dotprod", "i8mm")


@cache
def instructions() -> tuple[str, ...]:
    """The architecture, then the instruction sets of this processor that kernels are chosen by."""
    features = binding.get_host_cpu_features()
    return (platform.machine(), *(name for name in _SETS if features.get(name)))
