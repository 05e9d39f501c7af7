"""Which unpruned scorer is the champion: by tune, or where later rows will judge by the latest third of development."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from riskmodel.core import Development, Variant
from riskmodel.evaluation.metrics.calibration import log_loss, recalibrated
from riskmodel.stats.forward import Forward, forward, steadiest


@dataclass(frozen=True)
class Champion:
    """The champion, and what it was chosen by.

    Parameters
    ----------
    name
        Of the scorer.
    by
        "tune": the lowest log-loss there. "later periods": each scorer was refitted on what came before them.
    losses
        Log-loss by scorer, a number a period; of tune one.
    since
        The first day of the later periods; None by tune.
    """

    name: str
    by: Literal["tune", "later periods"]
    losses: Mapping[str, tuple[float, ...]]
    since: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """For run.json."""
        return asdict(self)


def choose(variants: Mapping[str, Variant], development: Development) -> Champion:
    """The champion; selection stays unseen."""
    then = forward(development) if len(variants) > 1 else None
    if then is None:
        on_tune = {name: (_on_tune(variant, development),) for name, variant in variants.items()}
        return Champion(min(on_tune, key=lambda name: on_tune[name]), "tune", on_tune)
    losses = {name: _later(variant, then) for name, variant in variants.items()}
    name = list(losses)[steadiest(np.array(list(losses.values())))]
    return Champion(name, "later periods", losses, str(then.since))


def _on_tune(variant: Variant, development: Development) -> float:
    tune = development.tune
    return log_loss(tune.default, variant.scorer.score(tune), weight=tune.weight).value


def _later(variant: Variant, then: Forward) -> tuple[float, ...]:
    """The scorer as it would have been then, recalibrated on what was tune then."""
    refitted = variant.scorer.refit(then.earlier, variant.scorer.features)
    margin = recalibrated(refitted, then.earlier.tune).margin(then.later.columns(variant.scorer.features))
    return tuple(then.losses(margin).tolist())
