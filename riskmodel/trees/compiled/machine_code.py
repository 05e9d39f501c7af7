"""Machine code of the kernels, as bytes that a later process can run without numba, which takes half a second to start.

numba compiles a kernel; around it comes one function that takes the arrays as Python holds them, and reads off where
their numbers lie. No other code is called from it: what is loaded needs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import binding  # type: ignore[import-untyped]
from numba import config, njit, types

from riskmodel.trees.compiled import kernels
from riskmodel.trees.compiled.layout import ENTRY

_HEAD = object.__basicsize__  # of an array in memory; then come its data, dimensions, shape and strides, 8 bytes each
_DATA, _SHAPE, _STRIDES = _HEAD, _HEAD + 16, _HEAD + 24


class NotAlone(Exception):
    """The code of a kernel calls other code, so that it cannot be kept."""


def code(name: str) -> bytes:
    """An object file for this processor with the function ENTRY. Raises: NotAlone."""
    compiled = njit(kernels.SIGNATURE, **kernels.OPTIONS, no_cpython_wrapper=True, _nrt=False)(getattr(kernels, name))
    [signature] = compiled.signatures
    inner = compiled.overloads[signature].fndesc.llvm_func_name
    module = binding.parse_assembly(compiled.inspect_llvm(signature) + _entry(inner))
    if calls := [f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")]:
        raise NotAlone(f"kernel {name} must stand alone, however: it calls {calls[0]}")
    return bytes(_target().emit_object(module))


def here(name: str) -> Callable[..., None]:
    """The kernel for this process alone, by numba."""
    kernel: Callable[..., None] = njit(kernels.SIGNATURE, **kernels.OPTIONS)(getattr(kernels, name))
    return kernel


def _target() -> Any:
    cpu = config.CPU_NAME or binding.get_host_cpu_name()
    features = binding.get_host_cpu_features().flatten() if config.CPU_FEATURES is None else config.CPU_FEATURES
    target = binding.Target.from_default_triple()
    return target.create_target_machine(cpu, features, opt=3, reloc="pic", codemodel="jitdefault", jit=True)


def _entry(inner: str) -> str:
    """How numba passes an array: its owner twice (none here), size, bytes of a number, data, shape and strides."""
    arguments = kernels.SIGNATURE.args
    lines, passed = ["%result = alloca ptr", "%raised = alloca ptr"], ["ptr %result", "ptr %raised"]
    for i, kind in enumerate(arguments):
        if not isinstance(kind, types.Array):
            passed.append(f"double %a{i}")
            continue
        lines += _read(f"%data{i}", "ptr", f"%a{i}", _DATA)
        passed += ["ptr null", "ptr null", "i64 0", "i64 0", f"ptr %data{i}"]
        for what, place in (("shape", _SHAPE), ("strides", _STRIDES)):
            lines += _read(f"%{what}{i}", "ptr", f"%a{i}", place)
            for axis in range(kind.ndim):
                lines += _read(f"%{what}{i}.{axis}", "i64", f"%{what}{i}", 8 * axis)
                passed.append(f"i64 %{what}{i}.{axis}")
    taken = ", ".join(f"{'ptr' if isinstance(k, types.Array) else 'double'} %a{i}" for i, k in enumerate(arguments))
    lines += [f"%state = call i32 @{inner}({', '.join(passed)})", "ret void"]
    return f"\ndefine void @{ENTRY}({taken}) {{\n" + "\n".join(lines) + "\n}\n"


def _read(name: str, kind: str, start: str, at: int) -> list[str]:
    return [f"{name}.at = getelementptr i8, ptr {start}, i64 {at}", f"{name} = load {kind}, ptr {name}.at"]
