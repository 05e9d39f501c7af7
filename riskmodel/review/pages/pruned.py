"""The page of one pruned model: what was reached, the curve, the certificate; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from riskmodel.evaluation.change.certificate import Certificate
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.evaluation.change.network_certificate import NetworkCertificate
from riskmodel.evaluation.change.worst_case import stated
from riskmodel.review.charts.pruned import pictures
from riskmodel.review.pages.render import rendered
from riskmodel.review.pages.small_changes import Line, small_change_facts, small_change_lines
from riskmodel.review.reports.frontier import Frontier, rows
from riskmodel.review.tables import difference_rows, plain
from riskmodel.review.wording import NOT_EVALUATED, count, figure, percent

SECTIONS = (
    ("test", "Test"),
    ("certificate", "Certificate"),
    ("small-changes", "Small changes"),
    ("limits", "Limits"),
    ("identity", "Identity"),
)

TINY = 1e-30  # the search puts a value here that stands for all on its side of 0


def page(frontier: Frontier) -> str:
    """The whole page as HTML."""
    return rendered(
        "pruned.html.j2",
        frontier.title,
        pictures(frontier),
        sections=(("curve", f"AUC against {frontier.words.parts}"), *SECTIONS),
        frontier=frontier,
        selection=rows(frontier.points, frontier.words),
        test=rows(frontier.tested, frontier.words),
        differences=difference_rows(frontier.change),
        certificate=certificate_lines(frontier.certificate),
        small_changes=list(small_change_lines(frontier.small_changes)),
    )


def facts(frontier: Frontier) -> dict[str, Any]:
    """The same for a program: certificate, change and frontier as plain values."""
    return {
        "reached": frontier.reached,
        "confirmed": frontier.confirmed,
        "asked": list(frontier.asked),
        "method": frontier.method,
        "chosen": frontier.chosen,
        "change": {row["figure"]: row for row in difference_rows(frontier.change)},
        "certificate": plain(asdict(frontier.certificate)),
        "small_changes": small_change_facts(frontier.small_changes),
        "selection": rows(frontier.points, frontier.words),
        "test": rows(frontier.tested, frontier.words),
        "record": plain(dict(frontier.record)),
    }


def certificate_lines(certificate: Certificate | NetworkCertificate) -> list[Line]:
    """Each statement of a certificate: its name, its figure, what it means."""
    near = _fidelity_lines(certificate.fidelity)
    if isinstance(certificate, NetworkCertificate):
        return [*near, *_network_lines(certificate)]
    return [*near, _reasons(certificate), *_structure_lines(certificate)]


def _network_lines(certificate: NetworkCertificate) -> Iterable[Line]:
    yield (
        "Parity with ONNX Runtime",
        f"{certificate.parity_error:.1e}",
        f"largest gap between a PD of the file by the runtime and our own; {certificate.parity_tolerance:g} allowed",
    )
    yield "Bound on |d margin|", NOT_EVALUATED, "for applicants whom nobody has seen nothing bounds how far a PD moves"
    yield "Reason overlap", NOT_EVALUATED, "a network from elsewhere has no attributions of its own"


def _reasons(certificate: Certificate) -> Line:
    return (
        "Reason overlap",
        NOT_EVALUATED if certificate.reason_overlap is None else percent(certificate.reason_overlap),
        f"share of the four strongest reasons that stay, over {count(certificate.explained)} rows",
    )


def _fidelity_lines(near: Fidelity) -> Iterable[Line]:
    yield "|dPD|, mean", figure(near.mean, 5), f"over {count(near.rows)} rows that neither chose nor fitted anything"
    for name, value in (("50 %", near.median), ("90 %", near.p90), ("99 %", near.p99), ("largest", near.largest)):
        yield f"|dPD|, {name}", figure(value, 5), "quantile over the same rows"
    yield (
        "Flips at the cutoff",
        f"{count(near.flips)} ({percent(near.flips / near.rows)})",
        f"rows on the other side of a PD of {figure(near.cutoff)}, where the given model approves 80 % (convention)",
    )
    yield (
        "Distinct PDs",
        f"{count(near.distinct_before)} to {count(near.distinct_after)}",
        "among those rows; few of them make cutoffs coarse",
    )


def _of_witness(value: float) -> str:
    """As evidence states it; what is tiny lies next to 0."""
    said = stated(value)
    if isinstance(said, str):
        return said
    if 0 < abs(value) < TINY:
        return f"just {'above' if value > 0 else 'below'} 0"
    return f"{value:.6g}"


def _structure_lines(certificate: Certificate) -> Iterable[Line]:
    bound = certificate.margin_bound
    yield (
        "Bound on |d margin|",
        NOT_EVALUATED if bound is None else figure(bound),
        "log-odds; no applicant whatever, seen or unseen, moves by more",
    )
    if certificate.witness is not None and certificate.witness_change is not None:
        applicant = ", ".join(f"{name} {_of_witness(value)}" for name, value in certificate.witness.items())
        yield "Largest |d margin| of an applicant", figure(abs(certificate.witness_change)), applicant
    held, lost = certificate.monotone_before, certificate.monotone_lost
    still = "each direction that can be shown of the given model holds still"
    yield (
        "Monotone features",
        f"{count(len(held) - len(lost))} of {count(len(held))} stay" if held else "none",
        f"lost: {', '.join(lost)}" if lost else still if held else "no direction can be shown of the given model",
    )
    yield (
        "SHAP additivity",
        f"{certificate.additivity_error:.1e}",
        "largest gap between the sum of a row's SHAP values and its margin, by the library itself",
    )
    yield (
        "Reload parity",
        f"{certificate.parity_error:.1e}",
        f"largest gap between the written file's margins and our own; at most {certificate.parity_tolerance:g} allowed",
    )
