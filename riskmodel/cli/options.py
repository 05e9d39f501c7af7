"""What several commands share."""

from math import isnan
from pathlib import Path
from typing import Any

import click

from riskmodel.files import places

STORE = "sqlite:///mlflow.db"
MODEL = "bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH"
AUDIT = "File of the audit.  [default: riskmodel-audit.jsonl beside a SQLite store, or else here]"


class _Place(click.ParamType):  # type: ignore[type-arg]
    """A path, refused in one line where it is none; - stays what it is."""

    name = "path"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002
        return places.place(str(value))


class _Model(click.ParamType):  # type: ignore[type-arg]
    """The folder of a bundle, or an address in MLflow."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return value if value.startswith(("models:", "runs:")) else str(places.place(value))


PLACE, MODEL_PLACE = _Place(), _Model()

NULL = click.option(
    "--null",
    "nulls",
    multiple=True,
    metavar="TEXT",
    help="A spelling of missing; may be given again.",
)


class NumberRange(click.FloatRange):
    """Numbers within bounds; click's own range takes NaN, which is neither below nor above any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises: click.BadParameter, as the range does."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number


UNKNOWN = click.option(
    "--unknown",
    default=0.05,
    show_default=True,
    type=NumberRange(0, 1),
    help="Share of a column's rows that may have levels which a model does not know.",
)
