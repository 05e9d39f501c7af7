"""What MLflow's pages say in words: the description of a run, of a registered model and of its version, as Markdown."""

from __future__ import annotations

from urllib.parse import quote

from riskmodel.config import Run
from riskmodel.core import Change, Study
from riskmodel.selection.reason import on_scores
from riskmodel.selection.verdicts import verdict
from riskmodel.tracking.roles import VariantRole, path, ranked, role
from riskmodel.tracking.study_metrics import gains

BEST = 10
PICTURE = "trade_off.svg"
LONGEST = 7_500  # MLflow refuses a tag of more than 8,000 characters; the picture's address is added
_HEADS_IN_WORDS = (
    "ΔAUC ≥ the one-sided 95 % bound of the paired difference to the champion, flips are decisions that turn round."
)
_HEADS = ("Variant", "Part", "AUC", "ΔAUC ≥", "Verdict", "Cost", "Flips %", "p95 ms", "kB")


def of_run(study: Study) -> str:
    """The reason of the choice, the ten that a reader compares first, and the path from the champion down."""
    trade_off = study.trade_off
    unit = trade_off.cost_unit.replace("_", " ")
    parts = [
        f"**{trade_off.reason}**",
        f"The ten best of {len(study.variants)} on the selection sample. Cost is {unit}, {_HEADS_IN_WORDS}",
        table(study),
        f"The metrics `path/...` draw the front from the champion down: {' → '.join(path(study))}.",
        "`review.html` among the artifacts has all figures and the evidence.",
    ]
    while len(text := "\n\n".join(parts)) > LONGEST:
        parts.pop()
    return text


def table(study: Study) -> str:
    """The ten best as a Markdown table."""
    lines = [_HEADS, ("---",) * len(_HEADS), *(_row(study, name) for name in ranked(study)[:BEST])]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(study: Study, name: str) -> tuple[str, ...]:
    trade_off, part = study.trade_off, role(study, name)
    against, side = trade_off.changes.get(name), study.side_figures.get(name)
    single = trade_off.timings.get(name, {}).get(1)
    return (
        name.replace("|", "\\|"),
        "" if part is VariantRole.OTHER else f"**{part}**",
        f"{trade_off.evaluations[name].figures['auc'].value:.4f}",
        f"{against.differences['auc'].lower:+.4f}" if against else "",
        str(trade_off.verdicts.get(name, "")),
        _number(trade_off.cost.get(name)),
        f"{100 * side.flips:.1f}" if side else "",
        f"{single.p95.value / 1000:.2f}" if single else "",
        f"{study.variants[name].scorer.complexity().bytes / 1000:,.0f}",
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def with_picture(text: str, run: str) -> str:
    """The description with the trade-off, from the files of the run that it describes."""
    return f"{text}\n\n![Trade-off](get-artifact?path={quote(PICTURE)}&run_uuid={run})"


def of_model(settings: Run) -> str:
    """What a registered model is, and what its aliases mean."""
    purpose = f" {settings.model.purpose.strip()}" if settings.model.purpose else ""
    return (
        f"Probability of default, run `{settings.name}`.{purpose}\n\n"
        "Alias `champion` decides, `challenger` is scored beside it, `previous` is what `riskmodel rollback` returns "
        "to. `riskmodel promote` switches; each switch is a tag `audit.N` here and a line of the audit file."
    )


def of_version(study: Study) -> str:
    """The figures of the choice, and of the champion that it was held against."""
    champion, chosen = study.trade_off.champion, study.trade_off.chosen
    if champion == chosen:
        return f"{chosen}: the champion of its run; nothing cheaper was shown to be no worse. {_worth(study, chosen)}"
    gain = gains(study).get("gain/cost_times_less")
    less = f" {gain:.3g} times less {study.trade_off.cost_unit.replace('_', ' ')}." if gain else ""
    tested = f" {_against(study.confirmation)}" if study.confirmation else ""
    return f"{chosen} in place of {champion}.{less}{tested} {_worth(study, chosen)} Champion: {_worth(study, champion)}"


def _worth(study: Study, name: str) -> str:
    return " ".join(
        f"AUC on {where} {worth.figures['auc'].value:.4f} ({worth.figures['auc'].low:.4f} to "
        f"{worth.figures['auc'].high:.4f})."
        for where, worth in (("selection", study.trade_off.evaluations[name]), ("test", study.tested.get(name)))
        if worth is not None
    )


def _against(change: Change) -> str:
    if change.informative:
        return f"On test {verdict(change)}. {on_scores(change)}"
    auc = change.differences["auc"]
    return f"On test {verdict(change)}: AUC {auc.delta:+.4f}, lower bound {auc.lower:+.4f}, margin {auc.margin:.4g}."
