"""Manifests as a careless or a malicious hand leaves them: any value in place of any other, and sealed anew."""

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from riskmodel import bundle
from riskmodel.core import identity

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 5, 10**9, 10**30, 0.5, -0.5, 1e-320, 1e300, 1e308, -1e308,
    "", "x", "pass", "0.5", "a" * 3000,
    "..", "../x", "a/b", "\x00", "\u2028", "\U0001f600",
    "numeric", "categorical", "feature", "target", "id", "refuse", "quarantine",
    [], [None], [0.1, 0.2], [0.9, 0.1], ["a", "a"], [[]], {}, {"a": 1}, {"a": {}}, {"": ""}, "0" * 64,
)  # fmt: skip


def mutated(manifest: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """One to three changes: a value for another, a key or an entry gone, doubled or new."""
    changed = copy.deepcopy(manifest)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        places = list(_places(changed))
        holder, key = draw.choice(places)
        what = draw.random()
        if what < 0.75:
            holder[key] = copy.deepcopy(draw.choice(ODD))
        elif what < 0.85:
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        else:
            holder[draw.choice(("extra", "", "a", "name"))] = copy.deepcopy(draw.choice(ODD))
    return changed


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    keys = range(len(data)) if isinstance(data, list) else list(data)
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list):
            yield from _places(data[key])


def write(folder: Path, manifest: dict[str, Any], *, identify: bool = False) -> None:
    """Seals a manifest for the files that are there; `identify` also claims the scorer that they make."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != bundle.MANIFEST}
    if identify:
        try:
            made = bundle.Bundle(manifest, files)
            manifest["scorer_sha256"] = identity(made.kind, made.features, made.calibration, made.scorer_files)
        except Exception:  # noqa: S110 - then no hash would be right either
            pass
    (folder / bundle.MANIFEST).write_bytes(bundle._sealed(manifest))


def of(folder: Path) -> dict[str, Any]:
    """The manifest of a folder, unsealed."""
    manifest: dict[str, Any] = json.loads((folder / bundle.MANIFEST).read_bytes())
    manifest.pop("sha256")
    return manifest


def reseal_files(folder: Path) -> None:
    """What anyone can do who can write the folder: the manifest's own hash has no key."""
    manifest = of(folder)
    manifest["files"] = {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in folder.iterdir()
        if path.name != bundle.MANIFEST
    }
    write(folder, manifest)
