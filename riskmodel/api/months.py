"""The months of a long table beside applications, as `[data.history]` of a TOML does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pydantic

from riskmodel.api import frames
from riskmodel.config.history import History
from riskmodel.datasets import history as joined
from riskmodel.errors import DataError


def widen(  # noqa: PLR0917
    applications: Any,
    history: Any,
    id: str,  # noqa: A002 - as the TOML names it
    time: str,
    columns: Sequence[str],
    months: int,
    *,
    history_id: str | None = None,
    date: str | None = None,
) -> Any:
    """Applications with a column for each month of each channel: pay_3, pay_2, pay_1; a month without a row is missing.

    Parameters
    ----------
    applications, history
        A table (n rows) and a long table, a row a month, or their paths.
    id
        The column of the applications that the months are joined by.
    time
        Of the long table, the month: dates, or text and numbers such as 2024-05 or 202405.
    columns
        Of the long table, numbers; each becomes a channel.
    months
        How many before each application.
    history_id
        The id's column of the long table; called as `id` unless named.
    date
        Of the applications: only months before that of this date count. Without one, months are counted back from the
        last of each id, and the long table itself must end before the application.

    Returns
    -------
    A table of the applications' library.

    Raises
    ------
    DataError
        For a column that is absent, no number or there already, two rows of one month, or months of nobody.

    Examples
    --------
    >>> wide = riskmodel.widen(loans, behaviour, "ID", "month", ["pay"], 6, date="applied")  # doctest: +SKIP
    """
    try:
        asked = History(id=history_id, time=time, months=months, columns=list(columns))
    except pydantic.ValidationError as error:
        wrong = error.errors()[0]
        raise DataError(f"{'.'.join(map(str, wrong['loc'])) or 'columns'}: {wrong['msg']}") from error
    rows, long = frames.arrow(applications, [id]), frames.arrow(history, [history_id or id])
    return frames.like(joined.widened(rows, long, asked, id, date), applications)
