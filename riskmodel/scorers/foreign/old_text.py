"""A text of LightGBM 2 or 3 in today's format: the installed LightGBM reads and writes it, in a process of its own.

A damaged text aborts the process that LightGBM runs in, so it must not be ours. `tree_sizes` go: tools that edited such
texts left them stale, and LightGBM reads the trees one after another without them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from riskmodel.errors import BundleError

SECONDS = 120
_VERSION = re.compile(r"(?m)^version=(.*)$")
_WORK = """
import sys
sys.modules.update(dict.fromkeys(["dask", "pandas", "sklearn"]))  # LightGBM does without: a fifth of the time to start
import lightgbm
booster = lightgbm.Booster(model_str=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(b"\\0" + booster.model_to_string(num_iteration=-1).encode())
"""


def todays(text: str) -> tuple[str, tuple[str, ...]]:
    """The text in format v4, and a note where it was another one.

    Raises: BundleError where LightGBM does not load it, or is not done in two minutes.
    """
    head = text[: text.find("\nTree=0\n")]
    version = _VERSION.search(head)
    if (version and version[1] == "v4") or "\nTree=0\n" not in text:
        return text, ()
    name = version[1][:40] if version else "before v2"
    converted = _converted(re.sub(r"(?m)^tree_sizes=.*\n", "", text, count=1), name)
    if "\nparameters:\n" not in converted:
        mark = "\npandas_categorical:"
        start, tail, end = converted.rpartition(mark)
        converted = f"{start}\nparameters:\n\nend of parameters\n{tail}{end}"
    return converted, (f"a LightGBM text of format {name}, converted to v4",)


def _converted(text: str, name: str) -> str:
    command = [sys.executable, "-c", _WORK]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        ran = subprocess.run(  # noqa: S603 - our own code
            command, input=text.encode(), capture_output=True, timeout=SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BundleError(f"LightGBM must load a text of format {name} in {SECONDS} s, however: it did not") from error
    _, mark, converted = ran.stdout.partition(b"\0")
    if ran.returncode or not mark:
        import lightgbm

        raise BundleError(
            f"the LightGBM text of format {name} is damaged: LightGBM {lightgbm.__version__} does not load it either"
        )
    return converted.decode()
