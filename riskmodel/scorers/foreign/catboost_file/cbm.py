"""CatBoost's binary file as its JSON: CatBoost reads and writes it, in a process of its own.

A damaged `cbm` may end the process that CatBoost runs in, so it must not be ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache

from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import library

SECONDS = 300
_WORK = """
import json, pathlib, sys, tempfile
import catboost
model = catboost.CatBoost()
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "model"
    path.write_bytes(sys.stdin.buffer.read())
    model.load_model(str(path))
    kinds = {"text": model.get_text_feature_indices(), "an embedding": model.get_embedding_feature_indices()}
    other = [[kind, str(model.feature_names_[place])] for kind, places in kinds.items() for place in places]
    if not other:
        model.save_model(str(path), format="json")
    sys.stdout.buffer.write(b"\\0" + (b"R" + json.dumps(other[0]).encode() if other else path.read_bytes()))
"""


@lru_cache(maxsize=2)
def as_json(content: bytes) -> bytes:
    """Its JSON. Raises: BundleError where CatBoost does not load it, UnsupportedScorer for what JSON cannot say."""
    library.catboost()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        ran = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", _WORK],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BundleError(f"CatBoost must load its file in {SECONDS} s, however: it did not") from error
    _, mark, written = ran.stdout.partition(b"\0")
    if ran.returncode or not mark:
        last = (ran.stderr.decode(errors="replace").strip().splitlines() or ["its process ended"])[-1]
        raise BundleError(f"CatBoost does not load it: {last[:200]}")
    if written.startswith(b"R"):
        kind, name = json.loads(written[1:])
        raise UnsupportedScorer(library.other_kind(name, kind))
    return written
