"""`[data.history]`: a long table of months, of which the last ones before each application become columns."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from riskmodel.config._strict import Strict


class History(Strict):
    """A row a month of an application or a customer."""

    path: str | None = None  # relative to the TOML; `riskmodel widen` may be given another
    id: str | None = None  # its column of whose the month is; as data.id is called, unless named
    time: str  # its column of the month
    months: Annotated[int, Field(ge=1, le=600)]  # how many before an application
    columns: Annotated[list[str], Field(min_length=1)]  # its numbers: each is a channel of [data.sequence]

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns must name each column once")
        return self

    @property
    def channels(self) -> dict[str, list[str]]:
        """The columns that each becomes, the oldest month first: pay_3, pay_2, pay_1."""
        return {name: [f"{name}_{month}" for month in range(self.months, 0, -1)] for name in self.columns}

    @property
    def made(self) -> list[str]:
        """All columns that are made."""
        return [column for columns in self.channels.values() for column in columns]
