"""A bundle: a saved scorer as a folder, with a manifest that everything in it must match to the byte.

All of it is verified before any library opens a file, because a damaged LightGBM text ends the process where nothing
can catch it. No file is code, and none is unpickled. The bundle knows nothing of scorers: it holds their files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from riskmodel import limits
from riskmodel.bundle.manifest import fault
from riskmodel.config import Scoring
from riskmodel.core import (
    Calibration,
    Column,
    Files,
    Kind,
    Policy,
    Probes,
    Reference,
    Role,
    RowSketch,
    Scale,
    Scorer,
    canonical,
    identity,
)
from riskmodel.errors import BundleError, cause
from riskmodel.files import beside

FORMAT = 3
MANIFEST, PROBES, ROWS = "manifest.json", "probes.json", "development_rows.json"
SIGNATURE = "signature.ed25519"
ADDED = (PROBES, ROWS)  # to the files of the scorer itself


@dataclass(frozen=True)
class Bundle:
    """A manifest and the files that it vouches for: the scorer's own and its probe rows."""

    manifest: Mapping[str, Any]
    files: Files
    signature: bytes = b""  # of the manifest; empty where nobody has signed

    @property
    def kind(self) -> str:
        return str(self.manifest["kind"])

    @property
    def scorer_sha256(self) -> str:
        return str(self.manifest["scorer_sha256"])

    @property
    def scorer_files(self) -> Files:
        """The files that make the scorer, without those that the bundle adds."""
        return {name: content for name, content in self.files.items() if name not in ADDED}

    @property
    def features(self) -> tuple[Column, ...]:
        return tuple(_column(data) for data in self.manifest["features"])

    @property
    def probes(self) -> Probes:
        """Rows with the PDs that they had when it was packed. Raises: BundleError."""
        if PROBES not in self.files:
            raise BundleError(f"a bundle must have probe rows, however: {PROBES} is not in its manifest")
        return Probes.from_json(self.files[PROBES], self.features)

    @property
    def calibration(self) -> Calibration:
        return Calibration(**self.manifest["calibration"])

    @property
    def policy(self) -> Policy:
        data = self.manifest["policy"]
        return Policy(data["cutoff"], data["refer_from"], tuple(data["grade_edges"]))

    @property
    def scoring(self) -> Scoring:
        """What becomes of an application that is not as the train sample was."""
        return Scoring(**self.manifest["scoring"])

    @property
    def scale(self) -> Scale:
        """What turns log-odds into points."""
        return Scale(**self.manifest.get("scale", {}))

    @property
    def reasons(self) -> Mapping[str, str]:
        """What a decline is told, by the column that is the reason."""
        reasons: Mapping[str, str] = self.manifest.get("reasons", {})
        return reasons

    @property
    def actionable(self) -> Mapping[str, str]:
        """What counterfactuals may change, and which way: up, down or any; of no column: all of them."""
        actionable: Mapping[str, str] = self.manifest.get("actionable", {})
        return actionable

    @property
    def reference(self) -> Reference:
        """What the development sample was like."""
        data = self.manifest.get("reference")
        if data is None:
            return Reference()
        known = data.get("quantiles", {})
        quantiles = {name: tuple((at, upto) for at, upto in pairs) for name, pairs in known.items()}
        bins = tuple(data["edges"]), tuple(data["shares"])
        return Reference(data["typical"], data["missing"], *bins, data.get("rows", 0), quantiles)

    @property
    def development_rows(self) -> RowSketch | None:
        """Hashes of the rows that it was developed on, where its maker had them."""
        return RowSketch.from_json(self.files[ROWS]) if ROWS in self.files else None

    @property
    def sha256(self) -> str:
        """The identity of all that it says."""
        return _sha256(canonical(self.manifest))

    @property
    def lineage(self) -> Mapping[str, Any]:
        """What led to the scorer: hashes of champion, plans, data and TOML, as its maker wrote them."""
        lineage: Mapping[str, Any] = self.manifest["lineage"]
        return lineage


def pack(
    scorer: Scorer,
    policy: Policy,
    lineage: Mapping[str, Any],
    versions: Mapping[str, str],
    scoring: Scoring = Scoring(),  # noqa: B008 - frozen
    *,
    scale: Scale = Scale(),  # noqa: B008 - frozen
    reference: Reference = Reference(),  # noqa: B008 - frozen
    reasons: Mapping[str, str] | None = None,
    actionable: Mapping[str, str] | None = None,
    development_rows: RowSketch | None = None,
) -> Bundle:
    """A scorer, what its PDs lead to, and where it comes from; no time of day, so the same gives the same bytes."""
    files = {**scorer.files(), PROBES: Probes.of(scorer).to_json(scorer.features)}
    files |= {ROWS: development_rows.to_json()} if development_rows else {}
    manifest = {
        "format": FORMAT,
        "kind": scorer.kind,
        "scorer_sha256": scorer.sha256,
        "features": [asdict(column) for column in scorer.features],
        "calibration": asdict(scorer.calibration),
        "policy": asdict(policy),
        "scoring": scoring.model_dump(),
        "scale": asdict(scale),
        "reference": asdict(reference),
        "reasons": dict(reasons or {}),
        "actionable": dict(actionable or {}),
        "lineage": dict(lineage),
        "versions": dict(versions),
        "files": {name: {"bytes": len(content), "sha256": _sha256(content)} for name, content in files.items()},
    }
    return Bundle(json.loads(canonical(manifest)), files)


def save(bundle: Bundle, folder: Path) -> None:
    """Writes beside and renames; an earlier bundle at this place is replaced, anything else is left alone.

    Raises: BundleError if the folder holds something else, OSError where it cannot be written.
    """
    if folder.exists() and not _is_earlier(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(f"{folder}: must be a new folder or an earlier bundle, however: it holds other files")
    with beside.folder(folder) as made:
        signed = {SIGNATURE: bundle.signature} if bundle.signature else {}
        for name, content in {**bundle.files, **signed, MANIFEST: _sealed(bundle.manifest)}.items():
            (made / name).write_bytes(content)


def _is_earlier(folder: Path) -> bool:
    """Whether a bundle stands there, damaged or not: a manifest.json may be anybody's."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes()) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and "scorer_sha256" in manifest


def _what_else(folder: Path) -> str:
    """What stands there in place of a bundle, and where the bundle is that may be meant."""
    if not folder.exists():
        return "it is not there"
    if not folder.is_dir():
        return "it is a file"
    inside = [name for name in ("chosen", "champion") if _is_earlier(folder / name)]
    meant = f"; {folder / inside[0]} is one" if inside else ""
    return f"it has no {MANIFEST} of its own{meant}"


def read(folder: Path) -> Bundle:
    """A bundle whose every byte is as it was written. Raises: BundleError, naming the file that is not."""
    if not (folder / MANIFEST).is_file() or (folder / MANIFEST).is_symlink():
        raise BundleError(f"{folder}: must be a bundle's folder, however: {_what_else(folder)}")
    for entry in os.scandir(folder):
        most = "manifest_bytes" if entry.name == MANIFEST else "model_bytes"
        limits.check(most, entry.stat().st_size, folder / entry.name, BundleError)
    manifest = _unsealed((folder / MANIFEST).read_bytes(), folder / MANIFEST)
    named = {*manifest["files"], MANIFEST}
    present = {entry.name for entry in os.scandir(folder)} - {SIGNATURE}
    if present != named:
        odd = sorted(present ^ named)[0]
        raise BundleError(f"{folder / odd}: {'is not in the manifest' if odd in present else 'is missing'}")
    files = {name: _verified(folder / name, entry) for name, entry in manifest["files"].items()}
    bundle = Bundle(manifest, files, _signature(folder / SIGNATURE))
    _check_identity(bundle, folder)
    return bundle


def _check_identity(bundle: Bundle, folder: Path) -> None:
    """What the scored rows will bear as model_sha256 is worked out anew, not believed."""
    sha256 = identity(bundle.kind, bundle.features, bundle.calibration, bundle.scorer_files)
    if sha256 != bundle.scorer_sha256:
        raise BundleError(
            f"{folder}: the scorer must be {bundle.scorer_sha256[:12]}, as the manifest says, however: its files are "
            f"{sha256[:12]}; the model was exchanged"
        )


def _signature(path: Path) -> bytes:
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise BundleError(f"{path}: must be a plain file")
    return path.read_bytes() if path.exists() else b""


def _verified(path: Path, entry: Mapping[str, Any]) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{path}: must be a plain file")
    content = path.read_bytes()
    if len(content) != entry["bytes"] or _sha256(content) != entry["sha256"]:
        raise BundleError(f"{path}: is not what the manifest says; the bundle was changed or damaged")
    return content


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of manifest.json: the manifest and its own hash, in one spelling."""
    return canonical({**manifest, "sha256": _sha256(canonical(manifest))})


def _unsealed(text: bytes, path: Path) -> dict[str, Any]:
    """The manifest without its own hash. It must stand in its one spelling: a changed blank is a change."""
    try:
        manifest: dict[str, Any] = json.loads(text)
        sha256 = manifest.pop("sha256")
        if manifest["format"] != FORMAT:
            raise BundleError(
                f"{path}: the format must be {FORMAT}, which has probe rows, however: {manifest['format']}; "
                "save the scorer again by this version, or open it by the one that wrote it"
            )
        whole = _sealed(manifest) == text and sha256 == _sha256(canonical(manifest))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleError(f"{path}: is damaged: {cause(error)}") from error
    if not whole:
        raise BundleError(f"{path}: is not what was written; the bundle was changed or damaged")
    if (why := fault(manifest)) is not None:
        raise BundleError(f"{path}: is not what a bundle's manifest may be: {why}")
    return manifest


def _column(data: Mapping[str, Any]) -> Column:
    kinds = {"role": Role(data["role"]), "kind": Kind(data["kind"])}
    listed = {name: tuple(data[name]) for name in ("categories", "codes", "nulls") if data.get(name) is not None}
    return Column(**{**data, **kinds, **listed})


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
