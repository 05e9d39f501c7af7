"""`[model]`: what only people know of the model."""

from __future__ import annotations

from datetime import date

from riskmodel.config._strict import Strict, Text


class Limitation(Strict):
    """A known weakness, and what makes up for it."""

    weakness: Text
    control: Text


class ModelFacts(Strict):
    """What only people know of the model; it goes into the report as it stands."""

    purpose: Text | None = None
    use: Text | None = None
    owner: Text | None = None
    developer: Text | None = None
    default_definition: Text | None = None
    observation_window: Text | None = None
    overrides: Text | None = None
    limitations: list[Limitation] = []
    human_oversight: Text | None = None
    approval_date: date | None = None
    next_review: date | None = None
