"""What several commands share."""

from pathlib import Path

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
UNKNOWN = click.option(
    "--unknown",
    default=0.05,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of a column's rows that may have levels which a model does not know.",
)
