"""Saves a bundle that asks only for the columns that its scorer reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from riskmodel import bundle, scorers
from riskmodel.core import Reference, Scorer
from riskmodel.errors import RiskModelError
from riskmodel.explanation.cost import price_of
from riskmodel.files import places
from riskmodel.scorers.base.narrowing import narrow
from riskmodel.workflows import model_resolver

ROWS = 20_000  # made up, on which both must agree to the last bit


@dataclass(frozen=True)
class Narrowed:
    """What a table must have, and what it no longer must."""

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    cost_before: float  # what the vendors of the columns charge an application
    cost_after: float
    rows: int  # on which the margins are equal


def narrow_bundle(model: str | Path, output: Path, store: str | None = None) -> Narrowed:
    """Writes the bundle to `output` without the features that it never reads; PDs, points and reasons stay.

    The hashes of its development rows go: they were taken over all columns. `missing_column` and the other rules go on
    holding for the columns that stay. Raises: UnsupportedScorer for a network, RiskModelError where a margin moves.
    """
    places.refuse_same(output, model)
    saved = model_resolver.opened(model, store)
    scorer = scorers.unpacked(saved)
    narrowed = narrow(scorer)
    names = {feature.name for feature in narrowed.features}
    rows = _agreeing(scorer, narrowed)
    made = bundle.pack(
        narrowed,
        saved.policy,
        {**saved.lineage, "narrowed_from": saved.sha256},
        saved.manifest["versions"],
        saved.scoring,
        scale=saved.scale,
        reference=_of(saved.reference, names),
        reasons={
            name: text for name, text in saved.reasons.items() if name in {f.read_from for f in narrowed.features}
        },
        actionable=saved.actionable,
    )
    bundle.save(made, output)
    before, after = (tuple(dict.fromkeys(f.read_from for f in one.features)) for one in (scorer, narrowed))
    gone = tuple(name for name in before if name not in after)
    return Narrowed(after, gone, price_of(scorer.features), price_of(narrowed.features), rows)


def _agreeing(scorer: Scorer, narrowed: Scorer) -> int:
    matrix = scorer.probes(ROWS)
    place = {feature.name: i for i, feature in enumerate(scorer.features)}
    same = narrowed.margin(np.ascontiguousarray(matrix[:, [place[f.name] for f in narrowed.features]]))
    if changed := int((scorer.margin(matrix) != same).sum()):
        raise RiskModelError(f"every margin must stay the same, however: {changed} of {ROWS} move")
    return ROWS


def _of(reference: Reference, names: set[str]) -> Reference:
    return replace(
        reference,
        typical={name: value for name, value in reference.typical.items() if name in names},
        missing={name: share for name, share in reference.missing.items() if name in names},
        quantiles={name: known for name, known in reference.quantiles.items() if name in names},
    )


def in_words(narrowed: Narrowed, output: Path) -> str:
    """One line for a person."""
    saved = narrowed.cost_before - narrowed.cost_after
    price = f", {saved:g} less an application" if saved else ""
    gone = f"no longer asks for {', '.join(narrowed.dropped)}{price}" if narrowed.dropped else "reads every column"
    return (
        f"{output}: asks for {len(narrowed.kept)} columns, {gone}; every margin is the same on {narrowed.rows:,} rows"
    )
