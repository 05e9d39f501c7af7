"""The files of a scorer with a trained network: recipe and seed, the encoding of its inputs, the network's arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from numpy.typing import NDArray

from riskmodel import config
from riskmodel.core import Files, canonical
from riskmodel.errors import BundleError, ConfigError
from riskmodel.networks import pack, unpack
from riskmodel.scorers.base.encoding import Encoding

Trained = TypeVar("Trained")


def written(recipe: Any, seed: int, encoding: Encoding, arrays: Mapping[str, NDArray[Any]]) -> Files:
    """The files, by name; `recipe` is a dataclass of options."""
    return {
        "recipe.json": canonical({"options": asdict(recipe), "seed": seed}),
        "encoding.npz": pack(encoding.arrays),
        "network.npz": pack(arrays),
    }


def read(
    files: Files, kind: str, recipe_type: type[Any], network_of: Callable[[Mapping[str, NDArray[Any]]], Trained]
) -> tuple[Any, int, Encoding, Trained]:
    """Recipe, seed, encoding and network that `written` wrote; no trainer is needed. Raises: BundleError."""
    try:
        saved = json.loads(files["recipe.json"])
        recipe, seed = config.built(recipe_type, saved["options"], "recipe.json"), int(saved["seed"])
        encoding = Encoding.from_arrays(unpack(files["encoding.npz"]))
        return recipe, seed, encoding, network_of(unpack(files["network.npz"]))
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise BundleError(f"the files of a {kind} scorer are not complete: {error}") from error
