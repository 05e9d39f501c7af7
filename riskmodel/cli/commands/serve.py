"""`riskmodel serve`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from riskmodel.cli.options import MODEL, MODEL_PLACE, PLACE, STORE, NumberRange


@click.command()
@click.option("--model", required=True, type=MODEL_PLACE, help=f"A {MODEL}.")
@click.option(
    "--challenger",
    type=MODEL_PLACE,
    metavar="MODEL",
    help="Asked beside, off the request's path; differences are counted.",
)
@click.option(
    "--product",
    "products",
    multiple=True,
    metavar="NAME=MODEL",
    help="Another model, at /products/NAME/decide; loaded when first asked for. May be given several times.",
)
@click.option(
    "--products-bytes",
    default=1 << 30,
    show_default=True,
    type=click.IntRange(1),
    help="What the native files of products in memory may add up to.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--most-rows", default=1000, show_default=True, type=click.IntRange(1, 100_000), help="Of one request.")
@click.option("--most-bytes", default=1 << 20, show_default=True, type=click.IntRange(1), help="Of one request.")
@click.option("--log", type=PLACE, help="File that grows by a line of JSON a decision.")
@click.option(
    "--poll", default=5.0, show_default=True, type=NumberRange(0.1), help="Seconds between looks at an alias."
)
@click.option(
    "--require-signature",
    "key",
    type=PLACE,
    metavar="KEY.pub",
    help="Answer by no model that this key's holder has not signed; a switch to one is told, and the old one goes on.",
)
@click.option("--store", default=STORE, show_default=True, help="MLflow store that an address is looked up in.")
def serve(
    *,
    model: str,
    challenger: str | None,
    products: tuple[str, ...],
    products_bytes: int,
    host: str,
    port: int,
    most_rows: int,
    most_bytes: int,
    log: Path | None,
    poll: float,
    key: Path | None,
    store: str,
) -> None:
    """Answer POST /decide with decisions: one application as a JSON object, or a list of them.

    /healthz, /readyz, /metrics and /openapi.json are there too. Where the variable RISKMODEL_TOKEN is set, requests
    must bear it; without one the service listens on this machine alone.
    """
    from riskmodel.serving.body import Limits
    from riskmodel.workflows import serve

    limits = Limits(most_bytes, most_rows)
    ready = partial(click.echo, f"http://{host}:{port}/decide (Ctrl-C ends it)", err=True)
    named = _named(products)
    run = partial(serve.serve, model, challenger=challenger, store=store, limits=limits, log=log, poll=poll, key=key)
    run(host=host, port=port, ready=ready, products=named, products_bytes=products_bytes)


def _named(products: tuple[str, ...]) -> dict[str, str]:
    pairs = [product.partition("=") for product in products]
    for text, (name, _, model) in zip(products, pairs, strict=True):
        if not model or not name.isidentifier():
            raise click.UsageError(f"--product must be NAME=MODEL, a name of letters, digits and _, however: {text!r}")
    named = {name: model for name, _, model in pairs}
    if len(named) < len(pairs):
        raise click.UsageError("--product must name each product once")
    return named
