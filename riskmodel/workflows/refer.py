"""Sets the band in which a person decides, so that the bad rate of those approved without one is held to a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel import bundle
from riskmodel.bundle import Bundle
from riskmodel.core import Matrix, Outcome, Policy, Vector, canonical
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError, RiskModelError
from riskmodel.evaluation.robustness import slices
from riskmodel.files import places
from riskmodel.stats import risk_control
from riskmodel.stats.risk_control import Controlled
from riskmodel.workflows.prune.table import AS_USUAL, Spelling
from riskmodel.workflows.review import model as reviewed_model
from riskmodel.workflows.review import rows as review_rows
from riskmodel.workflows.review.rows import Columns

COMMON = 0.01  # share of rows that a scorer may have been developed on, beyond those that are equal by chance
POINTS = 10  # of the curve


@dataclass(frozen=True)
class Group:
    """What becomes of the rows of a sample, or of one group of it, under a policy."""

    name: str
    rows: int
    approved: int
    referred: int
    declined: int
    bads: int  # among the approved
    upper: float  # bound of their bad rate


@dataclass(frozen=True)
class Referral:
    """The band, and what it is worth; `policy` is None where no threshold is shown to hold the target."""

    target: float
    alpha: float
    controlled: Controlled | None
    policy: Policy | None
    all: Group | None
    groups: Mapping[str, Sequence[Group]]
    curve: Sequence[Group]  # risk against the share that is not approved at once
    aside: int = 0  # rows that `score` sets aside: nobody approves them at once
    common: tuple[int, int] = (0, 0)  # rows that could be looked up among those of development, and how many were there


def refer(  # noqa: PLR0917 - what the command takes
    model: str | Path,
    data: Path,
    columns: Columns,
    bad_rate: float,
    alpha: float = 0.05,
    output: Path | None = None,
    store: str | None = None,
    spelling: Spelling = AS_USUAL,
) -> Referral:
    """Finds the band on labelled rows of `data`; a bundle with it is written to `output` where the target is shown.

    Those below the band are approved, those at the cutoff or above declined, all between referred to a person. The rows
    must be new to the model, drawn as those who will apply, one row a borrower. Raises: RiskModelError, DataError.
    """
    risk_control.check_asked(bad_rate, alpha, "bad_rate")
    if output is not None:
        places.refuse_same(output, model)
    opened = reviewed_model.opened(Path(model), store)
    if opened.bundle is None or opened.policy is None:
        raise RiskModelError(f"{model}: must be a bundle, which has a cutoff, however: it is a model file")
    if columns.target is None:
        raise RiskModelError("target must name the outcome")
    rows = review_rows.read(data, [opened], columns, spelling=spelling).now
    if rows.default is None:
        raise RiskModelError("target must name the outcome")
    matrix, kept = _scored_rows(data, rows.table, opened.bundle)
    pd, default = opened.scorer.pd(matrix), rows.default[kept]
    protected = {name: values[kept] for name, values in rows.protected.items()}
    common = opened.development_rows.common(matrix) if opened.development_rows else (0, 0)
    check_new(data, common, opened.development_rows.chance if opened.development_rows else 0.0)
    made = _referral(pd, default, opened.policy, (bad_rate, alpha), protected)
    made = replace(made, common=common, aside=int((~kept).sum()))
    if output is not None and made.policy is not None:
        bundle.save(_with_policy(opened.bundle, made), output)
    return made


def _scored_rows(data: Path, table: pa.Table, saved: Bundle) -> tuple[Matrix, NDArray[np.bool_]]:
    """The rows (n x features) that `score` gives a PD to, by the bundle's own rules, and where they stand."""
    [batch] = table.combine_chunks().to_batches()
    guarded = input_validation.guarded(batch, saved.features, saved.scoring)
    if guarded.aside.all():
        raise DataError(f"{data}: must have rows that score gives a PD, however: it sets all of them aside")
    return encode.matrix(guarded.rows.filter(pa.array(~guarded.aside)), saved.features), ~guarded.aside


def check_new(data: Path, common: tuple[int, int], chance: float) -> None:
    """Raises: DataError where more of the rows that could be looked up are those of a development than by chance."""
    looked, known = common
    if looked and known / looked > chance + COMMON:
        raise DataError(f"{data}: rows must be new to the model, however: {known} of {looked} were in its development")


def _referral(
    pd: Vector, default: Outcome, policy: Policy, asked: tuple[float, float], protected: Mapping[str, NDArray[Any]]
) -> Referral:
    target, alpha = asked
    held = risk_control.controlled(pd, default, target, alpha)
    curve = [_group(f"{cut:.6g}", pd, default, replace(policy, refer_from=cut), alpha) for cut in _cuts(pd, policy)]
    if held is None:
        return Referral(target, alpha, None, None, None, {}, curve)
    banded = replace(policy, refer_from=min(held.below, policy.cutoff))
    groups = {
        name: [_group(one, pd[of], default[of], banded, alpha) for one, of in slices.of_group(name, values).items()]
        for name, values in protected.items()
    }
    return Referral(target, alpha, held, banded, _group("all", pd, default, banded, alpha), groups, curve)


def _cuts(pd: Vector, policy: Policy) -> list[float]:
    """Thresholds up to the cutoff, evenly over the rows below it."""
    below = pd[pd < policy.cutoff]
    return np.quantile(below, np.linspace(1 / POINTS, 1, POINTS)).tolist() if len(below) else []


def _group(name: str, pd: Vector, default: Outcome, policy: Policy, alpha: float) -> Group:
    approved, declined = pd < policy.refer_from, pd >= policy.cutoff
    bads, count = int(default[approved].sum()), int(approved.sum())
    upper = risk_control.upper(bads, count, alpha)
    return Group(name, len(pd), count, int((~approved & ~declined).sum()), int(declined.sum()), bads, upper)


def _with_policy(saved: Bundle, referral: Referral) -> Bundle:
    """The same bundle under another policy; its lineage says how the band was set. A signature does not go over."""
    of = referral.controlled
    record = {
        "target_bad_rate": referral.target,
        "alpha": referral.alpha,
        "from_bundle": saved.sha256,
        **({"approved": of.approved, "bads": of.bads, "upper": of.upper} if of else {}),
    }
    policy = {"refer_from": referral.policy.refer_from} if referral.policy else {}
    manifest = {**saved.manifest, "policy": {**saved.manifest["policy"], **policy}}
    manifest["lineage"] = {**saved.lineage, "referral": record}
    return Bundle(manifest, saved.files)


def as_json(referral: Referral) -> bytes:
    """The same for a program."""
    return canonical(asdict(referral))
