"""`[data]`: where the table lies, what its columns are for, and what becomes of a row that is not as train was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from riskmodel.config._strict import Strict
from riskmodel.config.history import History
from riskmodel.config.sequence import Channels, sequence_problem

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]  # an application


class Scoring(Strict):
    """What becomes of an application that is not as the train sample was."""

    missing_column: Literal["refuse", "missing"] = "refuse"
    extra_column: Literal["ignore", "refuse"] = "ignore"
    wrong_type: Literal["refuse", "quarantine", "missing"] = "quarantine"  # also a number that is infinite
    missing_value: Literal["refuse", "quarantine", "accept"] = "accept"  # where train had none
    unseen: Literal["refuse", "quarantine", "missing"] = "missing"  # a level that train did not have
    most_unseen: Annotated[float, Field(ge=0, le=1)] = 0.05  # share of 1,000 rows or more: beyond, the file is refused
    out_of_range: Literal["refuse", "quarantine", "missing", "accept"] = "accept"


class Where(Strict):
    """A plain rule of one column: rows that it does not let in are left out, for the reason `why`."""

    keep: Annotated[list[str | int | float | bool], Field(min_length=1)] | None = None  # levels
    drop: Annotated[list[str | int | float | bool], Field(min_length=1)] | None = None
    from_: Annotated[str | int | float | None, Field(alias="from")] = None  # a number or a date, itself let in
    before: str | int | float | None = None
    why: Annotated[str, Field(min_length=8)]

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        bounds = [bound for bound in (self.from_, self.before) if bound is not None]
        if (self.keep is not None) + (self.drop is not None) + bool(bounds) != 1:
            raise ValueError("must have keep, drop, or from and before, and one of these ways alone")
        if len({isinstance(bound, str) for bound in bounds}) > 1:
            raise ValueError("from and before must both be numbers or both be dates")
        return self


class Vendor(Strict):
    """A call that brings features: it is charged once an application, where a model uses one of them or several."""

    features: Annotated[list[str], Field(min_length=1)]
    price: Price


def _one_vendor_each(vendors: Mapping[str, Vendor]) -> Mapping[str, Vendor]:
    owners: dict[str, str] = {}
    for name, vendor in vendors.items():
        if not name.strip():
            raise ValueError(f"a vendor must have a name, however: {name!r}")
        for feature in vendor.features:
            if feature in owners:
                raise ValueError(f"a feature must stand once, however: {feature!r} is in {owners[feature]} and {name}")
            owners[feature] = name
    return vendors


class Data(Strict):
    """Where the table lies and what its columns are for."""

    path: str
    test_path: str | None = None  # rows of the test sample, where they lie apart: out of time, for instance
    unlabelled_path: str | None = None  # applications without outcome, to learn a champion's PDs from
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    target: str
    bad: str | int | bool | None = None  # the target's value of a bad, where it is not 1
    id: str | None = None
    time: str | None = None
    borrower: str | None = None  # all rows of one borrower go into one sample
    weight: str | None = None  # for how many rows of the population each was drawn: a good drawn at 1 in 10 has 10
    amount: str | None = None  # what a row is weighed by in money
    amount_scores: bool = False  # whether scorers may read it: what was asked for nearly always tells of its risk
    ignore: list[str] = []
    categorical: list[str] = []
    protected: dict[str, bool] = {}
    monotone: dict[str, Literal[-1, 0, 1]] = {}
    codes: dict[str, list[int | float]] = {}  # numbers that are not quantities, by column
    ranges: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]] = {}
    nulls: dict[str, list[str]] = {}  # how missing is spelt, by column, where not as usual: empty, NA, NaN, null ...
    costs: dict[str, Price] = {}  # what a feature by itself is charged an application
    vendors: Annotated[dict[str, Vendor], AfterValidator(_one_vendor_each)] = {}  # calls that bring several features
    kept: dict[str, Annotated[str, Field(min_length=8)]] = {}  # suspects that stay, by column, each with its reason
    where: dict[str, Where] = {}  # rows left out, by column
    max_levels: Annotated[int, Field(ge=2, le=10_000)] = 100  # of a category: the rarer ones are one level
    reasons: dict[str, str] = {}  # what a decline is told, by the column that is the reason
    actionable: dict[str, Literal["up", "down", "any"]] = {}  # what counterfactuals may change; none named: all columns
    sequence: dict[str, list[str]] = {}  # months of a channel, the oldest first: what gru and conv read in order
    history: History | None = None  # months in a long table, joined by the id
    scoring: Scoring = Scoring()

    @field_validator("sequence")
    @classmethod
    def _months_fit(cls, sequence: dict[str, list[str]]) -> dict[str, list[str]]:
        if problem := sequence_problem(sequence):
            raise ValueError(problem)
        return sequence

    @model_validator(mode="after")
    def _charged_once(self) -> Self:
        for feature in self.costs:
            if vendor := self.vendor_of(feature):
                raise ValueError(f"costs must not name a vendor's feature, however: {feature!r} is in vendors.{vendor}")
        return self

    @model_validator(mode="after")
    def _months_join(self) -> Self:
        if self.history is None:
            return self
        if self.id is None:
            raise ValueError("history needs data.id, by which its months are joined")
        if self.history.path is None:
            raise ValueError("history needs a path")
        if problem := sequence_problem(self.channels):
            raise ValueError(problem)
        return self

    @property
    def channels(self) -> Channels:
        """The months of each channel: those of `sequence`, and those that `history` makes."""
        return {**self.sequence, **(self.history.channels if self.history else {})}

    def vendor_of(self, feature: str) -> str:
        """The vendor whose call brings a feature; empty where none does."""
        return next((name for name, vendor in self.vendors.items() if feature in vendor.features), "")

    def price_of(self, feature: str) -> float:
        """What the feature is charged, or the call that brings it."""
        vendor = self.vendor_of(feature)
        return self.vendors[vendor].price if vendor else self.costs.get(feature, 0.0)

    @property
    def paths(self) -> list[str]:
        """All tables that are read."""
        history = self.history.path if self.history else None
        return [path for path in (self.path, self.test_path, self.unlabelled_path, history) if path is not None]
