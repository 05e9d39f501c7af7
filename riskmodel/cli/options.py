"""What several commands share."""

import click

STORE = "sqlite:///mlflow.db"
MODEL = "bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH"
AUDIT = "File of the audit.  [default: riskmodel-audit.jsonl beside a SQLite store, or else here]"

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
