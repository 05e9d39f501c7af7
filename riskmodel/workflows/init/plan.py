"""What suits a table of this size: shares of the samples, grades, scorers, and the cuts to try on them."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from riskmodel.core import Role
from riskmodel.datasets.profiling import Profile

FEW = 2_000  # bads, or goods: with fewer a margin of 0.005 is out of reach
_FEW_FEATURES = 300  # up to here all scorers are quick
_NETWORK_ROWS = range(5_000, 300_001)
_ODDS = (0.25, 0.5, 0.75, 1.0, 2.0, 4.0)  # of the grades' edges, against those of all loans


def fewest(profile: Profile) -> int:
    """Bads or goods, whichever are fewer."""
    return min(profile.target.bads, profile.rows - profile.target.bads)


def shares(profile: Profile) -> tuple[float, float, float, str]:
    """Of tune, selection and test; and why, where they are not the usual ones."""
    few = fewest(profile)
    if few >= 200:
        return 0.15, 0.20, 0.20, ""
    share = 0.20 if few >= 100 else 0.25
    return share, share, share, f"larger samples than usual: there are only {few:,} rows of one outcome"


def grade_edges(profile: Profile) -> list[float]:
    """PDs at multiples of the odds of all loans, two digits each."""
    odds = profile.target.bads / (profile.rows - profile.target.bads)
    edges = [factor * odds / (1 + factor * odds) for factor in _ODDS]
    digits = [2 - floor(log10(min(edge, 1 - edge))) - 1 for edge in edges]
    return [round(edge, places) for edge, places in zip(edges, digits, strict=True)]


def lines(profile: Profile) -> Iterator[str]:
    """The scorers with their recipes."""
    left_out = dict(_left_out(profile))
    small = profile.rows < 5_000
    for name in ("lgbm", "xgb", "neural", "scorecard"):
        if name in left_out:
            yield f"# No {name}: {left_out[name]}."
            yield ""
            continue
        yield from ("[[scorers]]", f'name = "{name}"', f'kind = "{name}"')
        if name in ("lgbm", "xgb"):
            rows = ", min_rows = 20" if small else ""
            yield f"options = {{ search = {12 if profile.rows <= 200_000 else 4}{rows} }}"
        yield ""
    yield from _recipes([name for name in ("scorecard", "neural") if name not in left_out])


def _left_out(profile: Profile) -> Iterator[tuple[str, str]]:
    features = len(profile.named(Role.FEATURE))
    if profile.rows not in _NETWORK_ROWS:
        yield "neural", f"it earns its time between {_NETWORK_ROWS[0]:,} and {_NETWORK_ROWS[-1]:,} rows"
    elif features > _FEW_FEATURES:
        yield "neural", f"{features:,} features would take it hours"
    if features > _FEW_FEATURES:
        yield "scorecard", f"{features:,} features are no card that a person reads"


def _recipes(beside: list[str]) -> Iterator[str]:
    boosters = '"lgbm", "xgb"'
    yield from _recipe(boosters, '{ pruner = "collapse", keep = [0.5, 0.25, 0.1] }', "subtrees become leaves")
    yield from _recipe(boosters, '{ pruner = "group_lasso", keep = [0.25, 0.1] }', "a group lasso over whole subtrees")
    yield from _recipe(boosters, '{ pruner = "prefix", keep = [0.5, 0.25, 0.1] }', "the two honest rivals")
    yield from _recipe(boosters, '{ pruner = "retrain", keep = [0.5, 0.25, 0.1] }')
    cards = ', "scorecard"' if "scorecard" in beside else ""
    yield from _recipe(f'"lgbm"{cards}', '{ pruner = "features", keep = [0.7, 0.4] }', "fewer features")
    yield from _recipe('"lgbm"', '{ pruner = "features", keep = 0.7 }, { pruner = "collapse", keep = 0.25 }')
    if "neural" in beside:
        yield from _recipe('"neural"', '{ pruner = "neurons", keep = [0.5, 0.25] }', "fewer neurons, then its rival")
        yield from _recipe('"neural"', '{ pruner = "retrain", keep = [0.25] }')


def _recipe(scorers: str, steps: str, why: str = "") -> Iterator[str]:
    yield f"{'[[recipes]]':<40} # {why}" if why else "[[recipes]]"
    yield f"scorers = [{scorers}]"
    yield f"steps = [{steps}]"
    yield ""
