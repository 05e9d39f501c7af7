"""Names of features as a library's own file can hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from riskmodel.errors import RiskModelError


def spelt(names: Sequence[str], forbidden: str) -> tuple[str, ...]:
    """Each name with an underscore for every character that the pattern `forbidden` matches.

    Raises: RiskModelError where two names become one.
    """
    owners: dict[str, str] = {}
    for name in names:
        allowed = re.sub(forbidden, "_", name) or "_"
        if (first := owners.setdefault(allowed, name)) != name:
            raise RiskModelError(
                f"columns {first!r} and {name!r} must differ, however: in the file both are {allowed!r}"
            )
    return tuple(owners)
