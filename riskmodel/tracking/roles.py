"""Which part each variant of a study plays, and the order of a page: champion, chosen, then the rest."""

from __future__ import annotations

from enum import StrEnum

from riskmodel.core import Study, TradeOff, Verdict


class VariantRole(StrEnum):
    """The part of a variant, and what the name of its run begins with."""

    CHAMPION = "champion"
    CHOSEN = "chosen"
    KEPT = "champion, kept"  # the champion that nothing could replace is the choice too
    OTHER = "other"


COLOURS = {
    VariantRole.CHAMPION: "#0072B2",
    VariantRole.CHOSEN: "#D55E00",
    VariantRole.KEPT: "#D55E00",
    VariantRole.OTHER: "#8A94A0",
}


def role(study: Study, name: str) -> VariantRole:
    """The part that a variant plays."""
    champion, chosen = name == study.trade_off.champion, name == study.trade_off.chosen
    if champion and chosen:
        return VariantRole.KEPT
    return VariantRole.CHAMPION if champion else VariantRole.CHOSEN if chosen else VariantRole.OTHER


def ranked(study: Study) -> list[str]:
    """All variants: champion, chosen, the non-inferior by cost, then the others by their bound on AUC."""
    return sorted(study.variants, key=lambda name: _place(study.trade_off, name))


def _place(trade_off: TradeOff, name: str) -> tuple[int, float]:
    if name in {trade_off.champion, trade_off.chosen}:
        return -2 if name == trade_off.champion else -1, 0.0
    verdict = trade_off.verdicts.get(name, Verdict.INCONCLUSIVE)
    if verdict is Verdict.NON_INFERIOR:
        return 0, trade_off.cost.get(name, float("inf"))
    return 1 + (verdict is Verdict.INFERIOR), -trade_off.changes[name].differences["auc"].lower


def path(study: Study) -> list[str]:
    """From the champion down: those of the front that cost less, the dearest first."""
    cost, champion = study.trade_off.cost, study.trade_off.champion
    limit = cost.get(champion, float("inf"))
    cheaper = [name for name in study.trade_off.front if name != champion and cost.get(name, limit) < limit]
    return [champion, *sorted(cheaper, key=lambda name: -cost[name])]


def title(study: Study, name: str) -> str:
    """The name of a variant's run: a narrow column cuts off its end, so the part comes first."""
    part = role(study, name)
    return name if part is VariantRole.OTHER else f"{part}: {name}"
