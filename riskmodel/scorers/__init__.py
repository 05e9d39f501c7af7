"""Scorers, one a module: the file or folder name is its `kind` in the TOML and in a bundle's manifest.

A module here defines one `Recipe` and one `Scorer`; it is imported only when it is asked for, so that scoring with a
scorecard loads neither torch nor a booster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskmodel import registry
from riskmodel.bundle import Bundle
from riskmodel.config import Run
from riskmodel.core import Calibration, Column, Files, Recipe, Scorer
from riskmodel.scorers._cascade import CascadeScorer, composed
from riskmodel.scorers._sequence.columns import with_sequence
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.foreign.memory_objects import taken_apart
from riskmodel.scorers.foreign.model import AS_SAVED, ForeignModel, Levels, ModelSettings
from riskmodel.scorers.foreign.onnx_network import (
    OnnxNetworkScorer,
    hold_network,
    input_names,
    network_scorer_of,
)
from riskmodel.scorers.foreign.opening import category_names, library_of, open_model, open_native, opened
from riskmodel.scorers.foreign.parts import ModelParts

__all__ = [
    "AS_SAVED",
    "CascadeScorer",
    "Convertible",
    "ForeignModel",
    "Levels",
    "ModelParts",
    "ModelSettings",
    "OnnxNetworkScorer",
    "category_names",
    "composed",
    "hold_network",
    "input_names",
    "library_of",
    "load",
    "names",
    "network_scorer_of",
    "open_model",
    "open_native",
    "opened",
    "recipe",
    "recipes_of",
    "taken_apart",
    "unpacked",
]


def names() -> list[str]:
    """The kinds of scorers there are."""
    return registry.SCORERS.names()


def recipe(kind: str, options: Mapping[str, Any], where: str = "options") -> Recipe:
    """How a scorer of this kind is fitted. Raises: ConfigError for an unknown kind or option."""
    return registry.SCORERS.make(kind, Recipe, options, where)


def recipes_of(run: Run) -> dict[str, Recipe]:
    """How each scorer of a run is fitted. Raises: ConfigError, before anything is fitted."""
    made = {}
    for i, entry in enumerate(run.scorers):
        where = f"scorers.{i}.options"
        options = with_sequence(entry.kind, entry.options, run.data.channels, where)
        made[entry.name] = recipe(entry.kind, options, where)
    return made


def load(kind: str, features: tuple[Column, ...], calibration: Calibration, files: Files) -> Scorer:
    """A saved scorer from its verified files. Raises: ConfigError for an unknown kind, BundleError for bad content."""
    if kind == CascadeScorer.kind:  # made of two scorers: there is no recipe, and no name in a TOML
        return CascadeScorer.from_files(features, calibration, files)
    return registry.SCORERS.find(kind, Scorer).from_files(features, calibration, files)


def unpacked(bundle: Bundle) -> Scorer:
    """The scorer of a bundle, once it has given its probe rows the PDs that they had when it was packed.

    Raises: ConfigError for an unknown kind, BundleError for bad content, or where it computes otherwise here.
    """
    scorer = load(bundle.kind, bundle.features, bundle.calibration, bundle.files)
    bundle.probes.check(scorer)
    return scorer
