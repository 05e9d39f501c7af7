"""What `riskmodel init` guessed, in the terminal: one line for each column that is not plainly a number to score by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from riskmodel.core import Kind, Role, canonical
from riskmodel.datasets.profiling import ColumnProfile, Profile

_MOST_COLUMNS = 40  # columns


def summary(profile: Profile, output: Path, console: Console) -> None:
    """Prints what a person wants to know first."""
    target = profile.target
    share = f"{profile.rows:,} rows, {target.bads / profile.rows:.1%} bad"
    summary_line = f"{share}: {target.name} is {target.bad!r} ({target.reason})"
    if profile.unresolved:
        summary_line += f"; {profile.unresolved:,} rows without an outcome are left out"
    console.print(summary_line, highlight=False, markup=False, soft_wrap=True)
    guessed = [column for column in profile.columns if _is_guess(column)]
    console.print(_table(guessed[:_MOST_COLUMNS]))
    if len(guessed) > _MOST_COLUMNS:
        console.print(f"and {len(guessed) - _MOST_COLUMNS:,} more columns, all in the file", highlight=False)
    written = f"Written: {output}    Read the guesses, then: riskmodel train {output}"
    console.print(written, highlight=False, markup=False, soft_wrap=True)


def _is_guess(column: ColumnProfile) -> bool:
    is_plain = column.role is Role.FEATURE and column.kind is Kind.NUMERIC and not column.suspicions
    return not is_plain and column.role is not Role.TARGET


def _table(columns: list[ColumnProfile]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("column", max_width=32, overflow="ellipsis", no_wrap=True)
    table.add_column("role", no_wrap=True)
    table.add_column("why")
    for column in columns:
        table.add_row(*(Text(cell) for cell in (column.name or "(no name)", role_of(column), "; ".join(_why(column)))))
    return table


def role_of(column: ColumnProfile) -> str:
    """As the TOML has it."""
    if column.role is None:
        return "ignore"
    return "categorical" if column.role is Role.FEATURE and column.kind is Kind.CATEGORICAL else str(column.role)


def _why(column: ColumnProfile) -> Iterator[str]:
    if column.reason:
        yield column.reason
    elif column.kind is Kind.CATEGORICAL and not column.suspicions:
        yield f"{column.distinct:,} levels"
    yield from (suspicion.reason for suspicion in column.suspicions if suspicion.reason not in column.reason)


def as_json(profile: Profile, output: Path) -> str:
    """The same for a program."""
    target = profile.target
    columns = [
        {
            "name": column.name,
            "role": role_of(column),
            "type": column.type,
            "distinct": column.distinct,
            "missing": column.missing,
            "suspicions": {str(suspicion.trait): suspicion.reason for suspicion in column.suspicions},
        }
        for column in profile.columns
    ]
    known = {"name": target.name, "bad": target.bad, "bads": target.bads, "reason": target.reason}
    rows = {"rows": profile.rows, "without_outcome": profile.unresolved}
    return canonical({"output": str(output), **rows, "target": known, "columns": columns}).decode()
