"""What Spark counts while it scores: faults by their policy, levels that are spelt otherwise, missing values, sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from riskmodel import limits
from riskmodel.batch.counts import Tally
from riskmodel.code_export import DIALECTS, Decider
from riskmodel.code_export.decider import is_category
from riskmodel.code_export.sql import SqlFault, faults, unknown
from riskmodel.core import Column
from riskmodel.datasets.input_validation import UNSEEN
from riskmodel.errors import DataError

WORDS = DIALECTS["spark"]


@dataclass(frozen=True, eq=False)
class AskedColumns:
    """What is asked of the rows; `texts` are the raw columns that hold text, the id among them."""

    decider: Decider
    texts: tuple[str, ...]

    @cached_property
    def faults(self) -> list[SqlFault]:
        return faults(self.decider, WORDS)

    @cached_property
    def levels(self) -> Mapping[int, Column]:
        """The features with levels, by their places."""
        return {place: one for place, one in enumerate(self.decider.features) if is_category(one) and not one.source}

    def raw(self, feature: Column) -> str:
        """What the statement calls the raw column of a feature."""
        return f"r{self.decider.columns.index(feature.read_from)}"

    @property
    def aggregates(self) -> dict[str, str]:
        """What Spark works out over all rows, by its name."""
        asked = {f"fault {i}": fault.when for i, fault in enumerate(self.faults)}
        for place, feature in self.levels.items():
            asked[f"unknown {place}"] = unknown(feature, self.raw(feature), self.decider, WORDS)
        for place, feature in enumerate(self.decider.features):
            if not feature.source:
                asked[f"missing {place}"] = f"why IS NULL AND f{place} IS NULL"
        asked |= {f"not UTF-8 {name}": f"NOT IS_VALID_UTF8({name})" for name in self.texts}
        counts = {name: f"COUNT_IF({condition})" for name, condition in asked.items()}
        return counts | {f"longest {name}": f"COALESCE(MAX(OCTET_LENGTH({name})), 0)" for name in self.texts}

    def tally(self, counted: Mapping[str, int], rows: int, fewest: int) -> Tally:
        """The counts in the sections of a record. Raises: DataError for what a rule refuses a file for."""
        self._check_texts(counted)
        policies: dict[str, int] = {}
        unseen: dict[str, int] = {}
        for i, fault in enumerate(self.faults):
            if not (count := counted[f"fault {i}"]):
                continue
            if fault.policy == "refuse":
                raise DataError(f"column {fault.column!r} has {fault.what} in {count:,} rows, which the model refuses")
            policies[f"{fault.column}: {fault.what}: {fault.policy}"] = count
            if (fault.what, fault.policy) == (UNSEEN, "missing"):
                self._check_share(fault.column, count, rows, fewest)
                unseen[fault.column] = count
        missing = {one.name: counted.get(f"missing {i}", 0) for i, one in enumerate(self.decider.features)}
        return {"policies": policies, "unseen": unseen, "missing": missing}

    def _check_share(self, column: str, count: int, rows: int, fewest: int) -> None:
        most = self.decider.scoring.most_unseen
        if rows >= fewest and count / rows > most:
            raise DataError(
                f"column {column!r} has levels that train did not have in {count / rows:.1%} of {rows:,} rows; "
                f"data.scoring.most_unseen or unknown allows {most:.1%}"
            )

    def _check_texts(self, counted: Mapping[str, int]) -> None:
        names = {"id": "the id", **{f"r{i}": f"column {name[:60]!r}" for i, name in enumerate(self.decider.columns)}}
        for name in self.texts:
            bound = "id_bytes" if name == "id" else "cell_bytes"
            limits.check(bound, counted[f"longest {name}"], names[name], DataError)
            if count := counted[f"not UTF-8 {name}"]:
                raise DataError(f"{names[name]} must be UTF-8, however: not so in {count:,} rows")
