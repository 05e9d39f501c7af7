"""What a training can go on from: variants that were fitted or pruned, each by the hash of all that it was made from.

They lie beside the report while it is made, as files of the scorers themselves: no pickle. One that is torn, or of
other data, TOML, split, code or libraries, is made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from riskmodel.core import Calibration, Column, PruningPlan, Variant, canonical, provenance
from riskmodel.files import atomic, beside
from riskmodel.scorers import load

_FACTS = "variant.json"
_COLUMNS = TypeAdapter(tuple[Column, ...])


@dataclass
class Durations:
    """When each variant began to be made (seconds since 1970), and how many seconds that took; it decides nothing."""

    by_name: dict[str, tuple[float, float]] = field(default_factory=dict)
    _began: tuple[float, float] = (0.0, 0.0)

    def begin(self) -> None:
        """From now on the next variant is made."""
        self._began = time.time(), time.perf_counter()

    def end(self, name: str) -> None:
        """It is made; so the one after it begins."""
        at, clock = self._began
        self.by_name[name] = at, time.perf_counter() - clock
        self.begin()


@dataclass(frozen=True)
class Checkpoints:
    """`inputs` is the hash of data, TOML, split, code and environment; without a folder nothing is kept."""

    folder: Path | None = None
    inputs: str = ""
    durations: Durations = field(default_factory=Durations, compare=False)

    def kept(self, name: str) -> Variant | None:
        """The variant of this name, if it was made from the same inputs and is whole."""
        self.durations.begin()
        if self.folder is None:
            return None
        try:
            variant, self.durations.by_name[name] = _read(self._place(self.folder, name))
        except Exception:  # what cannot be opened, for whatever reason, is made again
            return None
        return variant

    def keep(self, variant: Variant) -> Variant:
        """Writes the variant down, and hands it back."""
        self.durations.end(variant.name)
        if self.folder is not None:
            place = self._place(self.folder, variant.name)
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            for name, content in variant.scorer.files().items():
                atomic.write(place / name, content)
            made = self.durations.by_name[variant.name]
            atomic.write(place / _FACTS, _facts(variant, made))  # last: where it is, the others are
        return variant

    def _place(self, folder: Path, name: str) -> Path:
        return folder / hashlib.sha256(f"{self.inputs} {name}".encode()).hexdigest()[:40]


def opened(target: Path, data_sha256: str, toml_sha256: str, split: bytes) -> Checkpoints:
    """Those of the report that will be at `target`."""
    made_from = [provenance.hashes(data_sha256, toml_sha256), hashlib.sha256(split).hexdigest()]
    return Checkpoints(place_of(target), hashlib.sha256(canonical(made_from)).hexdigest())


def place_of(target: Path) -> Path:
    """The hidden folder beside the report."""
    return beside.hidden(target, beside.CHECKPOINTS)


def clear(target: Path) -> None:
    """Forgets them: the report is complete, or is to be made afresh."""
    shutil.rmtree(place_of(target), ignore_errors=True)


def _facts(variant: Variant, made: tuple[float, float]) -> bytes:
    scorer = variant.scorer
    return canonical(
        {
            "name": variant.name,
            "family": variant.family,
            "steps": list(variant.steps),
            "keep": variant.keep,
            "settings": [dict(step) for step in variant.settings],
            "plans": [json.loads(plan.to_json()) for plan in variant.plans],
            "kind": scorer.kind,
            "features": [asdict(column) for column in scorer.features],
            "calibration": asdict(scorer.calibration),
            "sha256": scorer.sha256,
            "made": made,
        }
    )


def _read(place: Path) -> tuple[Variant, tuple[float, float]]:
    facts = json.loads((place / _FACTS).read_bytes())
    files = {path.name: path.read_bytes() for path in place.iterdir() if path.name != _FACTS}
    features = _COLUMNS.validate_python(facts["features"])
    scorer = load(facts["kind"], features, Calibration(**facts["calibration"]), files)
    if scorer.sha256 != facts["sha256"]:
        raise ValueError("another scorer")
    plans = tuple(PruningPlan.from_json(canonical(plan)) for plan in facts["plans"])
    steps, settings = tuple(facts["steps"]), tuple(facts["settings"])
    variant = Variant(facts["name"], facts["family"], scorer, plans, steps, facts["keep"], settings)
    started, seconds = facts["made"]
    return variant, (float(started), float(seconds))
