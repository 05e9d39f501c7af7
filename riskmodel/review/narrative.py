"""What only people know of a model, and which expectation of which rule a report serves."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from riskmodel.config import ModelFacts

CROSSWALK = Path(__file__).with_name("crosswalk.toml")


@dataclass(frozen=True)
class Expectation:
    """One expectation, and the anchor of the section that serves it; empty where no page here does."""

    source: str
    where: str
    asks: str
    section: str


@cache
def crosswalk() -> tuple[Expectation, ...]:
    """All expectations, source by source."""
    return tuple(Expectation(**entry) for entry in tomllib.loads(CROSSWALK.read_text("utf-8"))["expectation"])


def narrative(facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the owner wrote of the model, and what is still to be filled; the same keys whatever is missing."""
    known = {name: (facts or {}).get(name) for name in ModelFacts.model_fields}
    given = {name: value for name, value in known.items() if value not in (None, [], "")}
    return {
        "given": given,
        "to_be_filled": [name for name in ModelFacts.model_fields if name not in given],
    }
