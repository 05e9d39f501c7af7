"""What `riskmodel refer` prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from riskmodel.workflows.refer import Group, Referral


def summary(referral: Referral, output: Path | None, console: Console) -> None:
    """The band, what it does to whom, and how risk stands against the share that is approved at once."""
    target, confidence = f"{referral.target:.2%}", f"{1 - referral.alpha:.0%}"
    if referral.policy is None or referral.all is None:
        console.print(
            f"No band holds a bad rate of {target} at {confidence} confidence on these rows; nothing is written."
        )
    else:
        policy, whole = referral.policy, referral.all
        console.print(
            f"Approve below {policy.refer_from:.4g}, decline from {policy.cutoff:.4g}, refer between: bad rate of "
            f"the approved is at most {target} with {confidence} confidence "
            f"(here {_rate(whole)}, bound {whole.upper:.2%})."
        )
        console.print(_table("Who", [whole, *(g for groups in referral.groups.values() for g in groups)]))
    console.print(_table("Approve below", referral.curve))
    if referral.aside:
        console.print(
            f"{referral.aside:,} rows break the model's rules: score sets them aside, and they are not counted."
        )
    if output is not None and referral.policy is not None:
        console.print(f"{output}: the bundle with this band")


def _rate(group: Group) -> str:
    return f"{group.bads / group.approved:.2%}" if group.approved else "none"


def _table(first: str, groups: Sequence[Group]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in (first, "rows", "approved", "referred", "declined", "bad rate", "bound"):
        table.add_column(title, justify="left" if title == first else "right", no_wrap=True)
    for group in groups:
        shares = (f"{count / group.rows:.1%}" for count in (group.approved, group.referred, group.declined))
        table.add_row(group.name, f"{group.rows:,}", *shares, _rate(group), f"{group.upper:.2%}")
    return table
