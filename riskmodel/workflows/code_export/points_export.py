"""Writes a model of small trees as a scorecard: a CSV of points, a page to print, and a certificate."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from riskmodel.code_export import Decider, PointsCard, margin_of, points_card
from riskmodel.core import Matrix, canonical
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.certificate import directions
from riskmodel.files import beside, places
from riskmodel.review.pages.render import rendered
from riskmodel.scorers import unpacked
from riskmodel.trees.parts import parts_of
from riskmodel.workflows import model_resolver
from riskmodel.workflows.code_export import raw_rows

DECIMALS = range(7)
MADE_UP, MOST = 20_000, 200_000  # rows that are compared


def export_points(
    model: str | Path, output: Path, *, data: Path | None = None, store: str | None = None
) -> dict[str, Any]:
    """Writes `output` (CSV), `output`.html and `output`.json, and returns what the last says.

    Points have as many decimals as it takes for no decision and no grade to turn, on rows of `data` or on made-up ones.
    Raises: RiskModelError, with nothing written, where six are not enough; UnsupportedScorer for trees of more than two
    features.
    """
    outputs = [output.with_name(output.name + suffix) for suffix in (".html", ".json", "")]
    places.refuse_inside(output, data, Path(model))
    places.check_files(*outputs)
    saved = model_resolver.opened(model, store)
    scorer = unpacked(saved)
    decider = Decider(scorer, saved.policy, saved.scale, saved.scoring, saved.reasons, saved.scorer_sha256)
    if data is None:
        rows = scorer.probes(MADE_UP)
    else:
        rows = encode.matrix(raw_rows.given(data, scorer, MOST), scorer.features)
    card, parity = _fewest_decimals(decider, rows)
    content = card.as_csv().encode()
    certificate = {
        "file": {"name": output.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
        "format": "scorecard",
        "model": {"kind": saved.kind, "sha256": saved.scorer_sha256},
        "input": {"columns": list(decider.columns)},
        "points": {"decimals": card.decimals, "at": dict(card.scale), "tables": len(card.tables)},
        "pd_monotone_in": _directions(decider),
        "parity": {**parity, "rows_from": "made up" if data is None else data.name},
        "not_said": "rules of data.scoring: a card takes an application as it is",
    }
    page = rendered(
        "points.html.j2", f"Scorecard of {Path(str(model)).name}", {}, card=card, parity=parity, sections=()
    )
    try:
        with beside.together(*outputs) as folder:
            for place, text in zip(outputs, (page.encode(), canonical(certificate), content), strict=True):
                (folder / place.name).write_bytes(text)
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror}") from error
    return certificate


def _directions(decider: Decider) -> dict[str, int]:
    """The numbers that the PD is proved to only rise (1) or only fall (-1) in, for every input there is."""
    parts = parts_of(decider.scorer)
    if len(parts) != 1 or decider.scorer.calibration.slope * parts[0].weight <= 0:
        return {}
    return {decider.features[place].name: sign for place, sign in directions(parts[0].ensemble).items()}


def _fewest_decimals(decider: Decider, rows: Matrix) -> tuple[PointsCard, dict[str, Any]]:
    """The card with the fewest decimals that turns no decision and no grade of these rows. Raises: RiskModelError."""
    pd = decider.scorer.pd(rows)
    due = _bands(decider, pd)
    for decimals in DECIMALS:
        card = points_card(decider, decimals)
        answered = expit(margin_of(decider.scale, card.points(rows)))
        if (_bands(decider, answered) == due).all():
            largest = float(np.abs(answered - pd).max(initial=0.0))
            return card, {"rows": len(rows), "differing_answers": 0, "largest_pd_change": largest}
    raise RiskModelError(f"points must decide as score does, however: with {DECIMALS[-1]} decimals a decision turns")


def _bands(decider: Decider, pd: Any) -> Any:
    """Which decision and grade each PD (n) has, as one number."""
    policy = decider.policy
    edges = np.unique([policy.refer_from, policy.cutoff, *policy.grade_edges])
    return np.searchsorted(edges, pd, side="right")


def in_words(certificate: dict[str, Any], output: Path) -> str:
    """One line for a person."""
    parity, points = certificate["parity"], certificate["points"]
    return (
        f"{output}: {points['tables']} tables of points with {points['decimals']} decimals, page {output}.html; on "
        f"{parity['rows']:,} rows ({parity['rows_from']}) every decision and grade is that of score, and no PD "
        f"moves by more than {parity['largest_pd_change']:.1g}"
    )
