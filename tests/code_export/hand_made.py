"""A scorer that is nothing but the trees that it is given, and what follows from a raw row, worked out step by step."""

from dataclasses import dataclass
from math import isinf, isnan

import numpy as np
from random_trees import random_ensemble

from riskmodel.code_export import Decider
from riskmodel.config import Scoring
from riskmodel.core import Calibration, Column, Complexity, Kind, Policy, Scale, Scorer
from riskmodel.trees import TreePart
from riskmodel.trees.shap.treeshap import TreeShap

LEVELS = tuple(f"level {code}" for code in range(45))  # random trees list codes up to 39
COLUMNS = (
    Column("first", codes=(-9.0, 2.5), low=-2.0, high=2.0, nullable=False),
    Column("is_odd", source="first", codes=(-9.0,)),
    Column("level", kind=Kind.CATEGORICAL, categories=LEVELS),
)
POLICY = Policy(0.4, 0.2, (0.05, 0.2, 0.4))
ASIDE = Scoring(out_of_range="quarantine", unseen="quarantine", missing_value="refuse")
MILD = Scoring(wrong_type="missing", out_of_range="missing")


@dataclass(frozen=True, eq=False)
class OfTrees(Scorer):
    """Its raw margin is the weighted sum of its parts."""

    kind = "of_trees"
    parts: tuple[TreePart, ...] = ()

    def tree_parts(self):
        return self.parts

    def raw_margin(self, matrix):
        return sum(part.weight * part.ensemble.margins(matrix) for part in self.parts)

    def files(self):
        return {}

    def complexity(self):
        return Complexity(3, 0, 0, 0.0, 0)

    def probes(self, rows, seed=0):
        return np.random.default_rng(seed).normal(size=(rows, 3))

    def refit(self, *_):
        return self


def scorer_of(*parts, calibration=Calibration(-0.7, 0.3), columns=COLUMNS):  # noqa: B008 - frozen
    return OfTrees(columns, calibration, parts)


def decider(seed=3, rules="lightgbm", scoring=MILD, texts=None, trees=4, **changes):
    """What follows from two random ensembles, one of them at half weight."""
    parts = TreePart(random_ensemble(seed, rules, trees), 0.5), TreePart(random_ensemble(seed + 1, rules, trees))
    usual = np.array([encoded(row, scoring) for row in raw_rows()])
    middle = float(np.median(scorer_of(*parts, calibration=Calibration()).margin(usual)))
    scorer = scorer_of(*parts, calibration=Calibration(-0.85 - 0.6 * middle, 0.6))  # half of the rows are approved
    given = {"scorer": scorer, "policy": POLICY, "scale": Scale(), "scoring": scoring, "texts": texts or {}}
    return Decider(**{**given, "model_sha256": "ab" * 32, **changes})


def raw_rows(rows=120, seed=0):
    """Numbers on, beside and far from every edge, codes, NaN, None, infinite; known levels and others."""
    draw = np.random.default_rng(seed)
    edges = np.array([-9.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 2.5])
    near = [*edges, *np.nextafter(edges, 9.0), *np.nextafter(edges, -99.0), np.inf, -np.inf, np.nan, 7.5]
    numbers = [None if i % 11 == 0 else float(draw.choice(near)) for i in range(rows)]
    levels = [None, "NA", "", "heard of never", *LEVELS]
    return [{"first": number, "level": levels[draw.integers(len(levels))]} for number in numbers]


def is_missing(raw):
    return raw is None or isnan(raw)


def encoded(row, scoring):
    """The three features of a row, as documented: codes are missing, an indicator knows no missing."""
    number, level = row["first"], row["level"]
    outside = scoring.out_of_range == "missing" and not is_missing(number) and not -2 <= number <= 2
    bare = is_missing(number) or isinf(number) or number in (-9.0, 2.5) or outside
    known = float(LEVELS.index(level)) if level in LEVELS else np.nan
    return [np.nan if bare else number, float(number == -9.0), known]


def why(row, scoring):
    """The faults of a row, in the order of the columns."""
    number, level = row["first"], row["level"]
    faults = []
    aside = {"quarantine", "refuse"}
    if scoring.wrong_type in aside and not is_missing(number) and isinf(number):
        faults.append("first: wrong type")
    if scoring.missing_value in aside and is_missing(number):
        faults.append("first: missing value")
    inside = is_missing(number) or isinf(number) or number in (-9.0, 2.5) or -2 <= number <= 2
    if scoring.out_of_range in aside and not inside:
        faults.append("first: out of range")
    if scoring.unseen in aside and level not in (None, "NA", "", *LEVELS):
        faults.append("level: unseen level")
    return "; ".join(faults) or None


def due(made, rows):
    """The answer of each row, from the scorer itself."""
    matrix = np.array([encoded(row, made.scoring) for row in rows])
    scorer, policy = made.scorer, made.policy
    shap = scorer.calibration.slope * sum(part.weight * TreeShap(part.ensemble)(matrix) for part in scorer.parts)
    answers = []
    for row, margin, pd, own in zip(rows, scorer.margin(matrix), scorer.pd(matrix), shap, strict=True):
        if (fault := why(row, made.scoring)) is not None:
            answers.append({"why": fault, "pd": None, "decision": None, "grade": None, "points": None, "reasons": []})
            continue
        points = int(np.rint(made.scale.points(float(margin))))
        given = {"pd": pd, "points": points, "grade": policy.grade(pd), "decision": policy.decision(pd)}
        answers.append({"why": None, **given, "reasons": _reasons(made, own) if pd >= policy.refer_from else []})
    return answers


def _reasons(made, shap):
    """The texts of the largest positive sums, ties in the order of the columns, to the unit that is told apart."""
    sums = {}
    for feature, value in zip(made.features, shap, strict=True):
        text = made.texts.get(feature.read_from, feature.read_from)
        sums[text] = sums.get(text, 0.0) + value
    whole = {text: np.floor(1e10 * value + 0.5) for text, value in sums.items()}
    return [text for text, value in sorted(whole.items(), key=lambda one: -one[1]) if value > 0][:4]


def same(answers, made, rows):
    """Whether the answers, by column, are what is due; PDs within 1e-9."""
    expected = due(made, rows)
    wide = {name: [one[name] for one in expected] for name in ("points", "grade", "decision")}
    for name, values in wide.items():
        assert list(answers[name]) == values, name
    pds = [np.nan if one["pd"] is None else one["pd"] for one in expected]
    np.testing.assert_allclose(np.array(answers["pd"], float), pds, rtol=0, atol=1e-9)
    reasons = zip(*(answers[f"reason_{rank}"] for rank in range(1, 5)), strict=True)
    assert [[text for text in some if text is not None] for some in reasons] == [one["reasons"] for one in expected]
    return [one["why"] for one in expected]
