"""The cascade of a run: one of its scorers, asked where the same recipe without what is bought leaves it open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from riskmodel.config import CascadeRule, Run
from riskmodel.core import Column, Development, Policy, Sample, Scorer, Variant
from riskmodel.errors import ConfigError
from riskmodel.evaluation import recalibrated
from riskmodel.scorers.checkpoints import Checkpoints
from riskmodel.workflows.cascade_band import always_bought, banded

NAME = "cascade"


@dataclass(frozen=True)
class CascadeAttempt:
    """The variant and how its band was set; without a variant, why there is none."""

    variant: Variant | None
    record: Mapping[str, object]
    why: str = ""


def check(run: Run, features: Sequence[Column]) -> None:
    """Before anything is fitted. Raises: ConfigError where nothing is bought, or all is."""
    if run.cascade is None:
        return
    left = len(_first(run.cascade, features))
    if left in (0, len(features)):
        raise ConfigError(
            "cascade.buy must leave features to decide on, and buy some, however: "
            f"{left} of {len(features)} are left without it"
        )


def made(  # noqa: PLR0917
    run: Run,
    unpruned: Mapping[str, Variant],
    champion: str,
    policy: Policy,
    development: Development,
    kept: Checkpoints = Checkpoints(),  # noqa: B008 - frozen
) -> CascadeAttempt | None:
    """The cascade that `[cascade]` asks for, its band set on tune; None where it asks for none.

    Tune has stopped the fits, so that the band's confidence is a rule here and no proof: selection and test judge. What
    a stopped run has fitted is its cheap scorer, which is kept; the band is set anew, as it takes no fit.

    Raises
    ------
    UnsupportedScorer
        For a scorer without a recipe.
    """
    rule = run.cascade
    if rule is None:
        return None
    full = unpruned[rule.full or champion]
    asked = always_bought(_cheap(full, rule, development, kept), full.scorer)
    rows = _separate(development.tune)
    record = {"full": full.name, "bought": list(asked.bought), "differ": rule.differ, "alpha": rule.alpha}
    pair = banded(asked, rows.columns(asked.features), policy, rule.differ, rule.alpha)
    if pair is None:
        why = f"no band is shown to decide otherwise of at most {rule.differ:g} of the {len(rows)} rows of tune"
        return CascadeAttempt(None, {**record, "left_out": why}, why)
    scorer, band = pair
    record |= {"low": scorer.low, "high": scorer.high, "band": asdict(band)}
    edges = {"low": round(scorer.low, 4), "high": round(scorer.high, 4)}
    settings = {"bought": ", ".join(asked.bought), "differ": rule.differ, "alpha": rule.alpha, **edges}
    return CascadeAttempt(Variant(NAME, full.name, scorer, steps=(NAME,), settings=(settings,)), record)


def _first(rule: CascadeRule, features: Sequence[Column]) -> list[Column]:
    """What is there before anything is bought."""
    return [c for c in features if not c.cost or (rule.buy and (c.vendor or c.read_from) not in rule.buy)]


def _cheap(full: Variant, rule: CascadeRule, development: Development, kept: Checkpoints) -> Scorer:
    if (variant := kept.kept(NAME)) is None:
        sample = development.tune if development.recent is None else development.recent
        fitted = full.scorer.refit(development, _first(rule, full.scorer.features))
        variant = kept.keep(Variant(NAME, full.name, recalibrated(fitted, sample)))
    return variant.scorer


def _separate(tune: Sample) -> Sample:
    """Rows that count once, one of each borrower."""
    rows = tune.representative(len(tune))
    if rows.borrower is None:
        return rows
    return rows.take(np.sort(np.unique(rows.borrower, return_index=True)[1]))
