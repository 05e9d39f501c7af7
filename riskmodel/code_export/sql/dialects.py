"""What databases spell differently. All else that is written is CASE, CAST, comparisons and sums, alike everywhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """The spellings of one database.

    number, text: types. nan: a value that equals NaN there, empty where a column cannot hold one. greatest: the largest
    of several. fence: what stops the planner from writing a step into the next one as often as it is used.
    national, collation: what stands before text of all alphabets, and makes comparisons exact, where they are not.
    quote, backslash: how a single quote stands in text, and whether a backslash there must be doubled.
    concat: whether CONCAT takes many texts and passes over NULL, which is faster than joining two and two.
    exact_literals: whether 1E0 is an exact number, which is slow to add up. arrays: whether a column may be an array,
    and one of pairs be sorted: reasons take four steps then. Spark's planner takes minutes for a chain of many.
    """

    number: str = "DOUBLE PRECISION"
    text: str = "VARCHAR(4000)"
    nan: str = ""
    quotes: str = '""'
    greatest: str = "GREATEST"
    joined: str = " || "
    substring: str = "SUBSTR"
    national: str = ""
    collation: str = ""
    materialized: str = ""
    fence: str = ""
    quote: str = "''"
    backslash: bool = False
    concat: bool = False
    exact_literals: bool = False
    arrays: bool = False

    def name(self, column: str) -> str:
        """A column's name in quotes."""
        first, last = self.quotes[0], self.quotes[1]
        return f"{first}{column.replace(last, last * 2)}{last}"

    def value(self, number: float) -> str:
        """A double that reads back to itself."""
        text = repr(float(number))
        return text.upper() if "e" in text else f"{text.removesuffix('.0')}E0"

    def total(self, expression: str) -> str:
        """An expression as a double."""
        return f"CAST({expression} AS {self.number})" if self.exact_literals else expression

    def string(self, text: str) -> str:
        """Text in single quotes."""
        if self.backslash:
            text = text.replace("\\", "\\\\")
        return f"{self.national}'" + text.replace("'", self.quote) + "'"

    def level(self, column: str) -> str:
        """A column as text that is compared letter by letter."""
        return f"CAST({self.name(column)} AS {self.text}){self.collation}"

    def read(self, column: str) -> str:
        """A column as a double; NaN is NULL."""
        number = f"CAST({self.name(column)} AS {self.number})"
        return f"NULLIF({number}, {self.nan})" if self.nan else number


DIALECTS = {
    "ansi": Dialect(),
    "duckdb": Dialect("DOUBLE", "VARCHAR", "CAST('NaN' AS DOUBLE)", concat=True),
    "postgres": Dialect(
        text="TEXT", nan="CAST('NaN' AS DOUBLE PRECISION)", fence=" OFFSET 0", concat=True, exact_literals=True
    ),
    "sqlite": Dialect("REAL", "TEXT", greatest="MAX", materialized=" MATERIALIZED"),
    "spark": Dialect("DOUBLE", "STRING", "CAST('NaN' AS DOUBLE)", "``", quote="\\'", backslash=True, arrays=True),
    "bigquery": Dialect("FLOAT64", "STRING", "", "``", quote="\\'", backslash=True),
    "snowflake": Dialect("DOUBLE", "VARCHAR", "CAST('NaN' AS DOUBLE)", backslash=True, exact_literals=True),
    "sqlserver": Dialect(
        "FLOAT",
        "NVARCHAR(4000)",
        quotes="[]",
        joined=" + ",
        substring="SUBSTRING",
        national="N",
        collation=" COLLATE Latin1_General_BIN2",
    ),
}
