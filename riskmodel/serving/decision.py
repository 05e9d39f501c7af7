"""One application to its decision: rules, score, points, grade and reasons in one pass over a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import expit

from riskmodel import scorers
from riskmodel.bundle import Bundle
from riskmodel.config import Scoring
from riskmodel.core import Column, HasStages, Policy, Scale, Scorer, why_undecided
from riskmodel.errors import DataError
from riskmodel.explanation.counterfactuals import Counterfactual, Counterfactuals
from riskmodel.explanation.reasons import Reasons
from riskmodel.serving.row import Record, RowReader


@dataclass(frozen=True, slots=True)
class ApplicationDecision:
    """What one application is answered; where `why` has an entry it could not be scored, and the rest is None."""

    id: Any
    pd: float | None
    points: int | None
    grade: str | None
    decision: str | None  # approve, refer or decline
    reasons: tuple[str, ...]  # at most four, the strongest first; of an approval none
    model_sha256: str
    why: tuple[str, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] | None = None  # None where they were not asked for

    @property
    def as_json(self) -> dict[str, Any]:
        """Plain values: None where there is nothing, never NaN."""
        plain = {
            "id": self.id,
            "pd": self.pd,
            "points": self.points,
            "grade": self.grade,
            "decision": self.decision,
            "reasons": self.reasons,
            "model_sha256": self.model_sha256,
            "why": self.why,
        }
        if self.counterfactuals is not None:
            plain["counterfactuals"] = [each.as_json for each in self.counterfactuals]
        return plain


@dataclass(frozen=True, eq=False)
class DecisionModel:
    """A model that decides one application at a time, as a batch run would; any number of threads may ask it."""

    scorer: Scorer
    policy: Policy
    scale: Scale
    reasons: Reasons
    reader: RowReader
    model_sha256: str
    bundle_sha256: str
    rules: Scoring
    id_column: str | None  # the one of training
    file_bytes: int = 0  # of the native files
    actionable: Mapping[str, str] = field(default_factory=dict)  # what counterfactuals may change, and which way

    @classmethod
    def from_bundle(cls, bundle: Bundle) -> DecisionModel:
        """What a bundle's files say. Raises: BundleError."""
        scorer = scorers.unpacked(bundle)
        id_column = bundle.lineage.get("id")
        reader = RowReader(scorer.features, bundle.scoring, [id_column] if id_column else [])
        reasons = Reasons(scorer, bundle.reference, bundle.reasons)
        hashes = bundle.scorer_sha256, bundle.sha256
        size = sum(map(len, bundle.files.values()))
        policy, scale, rules, ways = bundle.policy, bundle.scale, bundle.scoring, bundle.actionable
        return cls(scorer, policy, scale, reasons, reader, *hashes, rules, id_column, size, ways)

    @property
    def features(self) -> tuple[Column, ...]:
        return self.scorer.features

    def decide(self, record: Record, *, counterfactuals: bool = False) -> ApplicationDecision:
        """The decision on one application.

        Parameters
        ----------
        record
            Values by column: numbers, text, true, false, None for missing. Other columns are passed over, unless the
            model's rules refuse them.
        counterfactuals
            Whether to say of an application that is not approved at which value of one column it would be, all else
            equal; of trees.

        Returns
        -------
        PD, points, grade, decision and reasons, as a batch run gives them. A record that the rules set aside has None
        for all of these, and the rules in `why`.

        Raises
        ------
        DataError
            For a column that is missing or a value that the model's rules refuse.
        UnsupportedScorer
            Where counterfactuals are asked of a model that is no sum of trees.

        Examples
        --------
        >>> riskmodel.load("reports/loans/chosen").decide({"income": 2400.0, ...})  # doctest: +SKIP
        """
        values, why = self.reader(record)
        name = record.get(self.id_column) if self.id_column else None
        if why:
            return ApplicationDecision(name, None, None, None, None, (), self.model_sha256, why)
        row = np.array([values], np.float64)
        if self._stages is not None and self._stages.undecided(row)[0]:
            why = (why_undecided(self._stages),)
            return ApplicationDecision(name, None, None, None, None, (), self.model_sha256, why)
        margin = self.scorer.calibration(self.scorer.raw_margin(row).item())  # a plain number: an array costs more
        pd = float(expit(margin))
        decision = self.policy.decision(pd)
        points = round(self.scale.points(margin))
        reasons = () if decision == self._approve else self.reasons.of_row(row[0])
        grade = self.policy.grade(pd)
        others = self._counterfactuals(row)[0] if counterfactuals else None
        return ApplicationDecision(name, pd, points, grade, decision, reasons, self.model_sha256, (), others)

    def decisions(self, records: Sequence[Record]) -> list[str | DataError | None]:
        """The decision alone on each record: None where the rules set it aside, the error where they refuse it."""
        answers: list[str | DataError | None] = [None] * len(records)
        places, rows = [], []
        for place, record in enumerate(records):
            try:
                values, why = self.reader(record)
            except DataError as error:
                answers[place] = error
                continue
            if not why:
                places.append(place)
                rows.append(values)
        if rows:
            matrix = np.array(rows, np.float64)
            open_rows = np.zeros(len(rows), bool) if self._stages is None else self._stages.undecided(matrix)
            for place, pd, is_open in zip(places, self.scorer.pd(matrix).tolist(), open_rows.tolist(), strict=True):
                answers[place] = None if is_open else self.policy.decision(pd)
        return answers

    def warm(self) -> None:
        """Compiles what the first decision would wait for."""
        self.reasons.of_row(self.scorer.probes(1)[0])

    @cached_property
    def _counterfactuals(self) -> Counterfactuals:
        return Counterfactuals(self.scorer, self.policy, self.actionable)

    @cached_property
    def _stages(self) -> HasStages | None:
        return self.scorer if isinstance(self.scorer, HasStages) else None

    @cached_property
    def _approve(self) -> str:
        return self.policy.decision(-1.0)
