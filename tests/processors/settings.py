"""Other processors, as far as this one can act them: what each library is told so that it takes its weaker kernels.

python tests/processors/settings.py weakest COMMAND ...     runs a command so

ONNX Runtime takes no such word: it is held to an emulated Haswell, where Debian's qemu-user is installed.
"""

import os
import platform
import shutil
import sys

# AVX2 and FMA, as of an AMD EPYC before Zen 4.
AVX2 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}
# Neither of them, in the C library too.
WEAKEST = {
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "nehalem",
    "NUMBA_CPU_FEATURES": "",
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-AVX2_Usable,-FMA_Usable",
}
SETTINGS = {"as it is": {}, "AVX2": AVX2, "weakest": WEAKEST}
HASWELL = ("qemu-x86_64", "-cpu", "Haswell")


def why_not() -> str | None:
    """Why no other processor can be acted here."""
    return None if platform.machine() in ("x86_64", "AMD64") else f"{platform.machine()} has no weaker x86 kernels"


def why_no_haswell() -> str | None:
    """Why none can be emulated here."""
    return why_not() or (None if shutil.which(HASWELL[0]) else f"no {HASWELL[0]}: apt-get install qemu-user")


def environment(setting: str) -> dict[str, str]:
    """What a child process is given, of one thread."""
    return {**os.environ, **SETTINGS[setting], "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


if __name__ == "__main__":
    refusal = why_not()
    if refusal:
        print(refusal, "- nothing is run", file=sys.stderr)
        sys.exit(0)
    os.environ.update(SETTINGS[sys.argv[1]])
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - a command of ours
