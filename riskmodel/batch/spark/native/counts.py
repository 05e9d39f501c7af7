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
        """What Spark works out over all rows, by its name: little, since each number takes its time on each row."""
        counts = {"rows": "COUNT(*)", "odd": f"COUNT_IF({self.odd})"}
        counts |= {f"present {place}": f"COUNT(f{place})" for place in self._own}
        counts |= {f"not UTF-8 {name}": f"COUNT_IF(NOT IS_VALID_UTF8({name}))" for name in self.texts}
        return counts | {f"longest {name}": f"COALESCE(MAX(OCTET_LENGTH({name})), 0)" for name in self.texts}

    @property
    def odd(self) -> str:
        """Which rows are asked further: those that are set aside, have a fault, or a level spelt otherwise."""
        asked = ["why IS NOT NULL", *(fault.when for fault in self.faults), *map(self.unknown, self.levels)]
        return " OR ".join(f"({one})" for one in asked)

    @property
    def of_odd(self) -> dict[str, str]:
        """What Spark works out over the odd rows, by its name."""
        counts = {"aside": "COUNT(why)"}
        counts |= {f"fault {i}": f"COUNT_IF({fault.when})" for i, fault in enumerate(self.faults)}
        counts |= {f"unknown {place}": f"COUNT_IF({self.unknown(place)})" for place in self.levels}
        return counts | {f"aside {place}": f"COUNT_IF(why IS NOT NULL AND f{place} IS NOT NULL)" for place in self._own}

    def unknown(self, place: int) -> str:
        """Whether the level of a feature is spelt in no way that the statement knows."""
        feature = self.levels[place]
        return unknown(feature, self.raw(feature), self.decider, WORDS)

    @property
    def _own(self) -> Mapping[int, Column]:
        """The features whose missing values count."""
        return {place: one for place, one in enumerate(self.decider.features) if not one.source}

    def tally(self, counted: Mapping[str, int], fewest: int) -> Tally:
        """The counts of all rows and of the odd ones in the sections of a record.

        Raises: DataError for what a rule refuses a file for.
        """
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
                self._check_share(fault.column, count, counted["rows"], fewest)
                unseen[fault.column] = count
        missing = {one.name: self._missing(place, counted) for place, one in enumerate(self.decider.features)}
        return {"policies": policies, "unseen": unseen, "missing": missing}

    def _missing(self, place: int, counted: Mapping[str, int]) -> int:
        """Missing values of a feature in the rows that are scored."""
        if place not in self._own:
            return 0
        return counted["rows"] - counted["aside"] - (counted[f"present {place}"] - counted[f"aside {place}"])

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
