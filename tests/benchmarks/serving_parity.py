"""10,000 applications asked in every way: batch, pyfunc, `decide`, JSON over the service, the native library."""

import numpy as np
import pyarrow as pa
from rich.console import Console

from riskmodel import bundle, scorers
from riskmodel.core import Policy
from tests.benchmarks._tables import cut
from tests.benchmarks.serving import _record
from tests.one_answer import ways

ROWS = 10_000


def table(console: Console) -> str:
    """How many of the answers differ from those of batch; of the library's, how far its PDs are."""
    lines = [
        "## One answer, whichever way it is asked for",
        "",
        f"Taiwan, {ROWS:,} applications; PD to the last bit, points, grade, decision and reasons are compared.",
        "",
        "| kind | way | differ from batch |",
        "|---|---|---|",
    ]
    for kind in ("lgbm", "xgb"):
        with console.status(kind):
            by_way, native = ways(*_asked(kind))
        batch = by_way.pop("batch")
        lines += [f"| {kind} | {way} | {sum(map(_differ, answers, batch))} |" for way, answers in by_way.items()]
        decisions = sum(tuple(its) != leads_to[:2] for (_, *its), (_, leads_to) in zip(native, batch, strict=True))
        far = max(abs(pd - its) for (its, *_), (pd, _) in zip(native, batch, strict=True))
        lines.append(f"| {kind} | native: grade and decision | {decisions}, PDs at most {far:.0e} apart |")
    return "\n".join(lines)


def _differ(one: object, other: object) -> bool:
    return one != other


def _asked(kind: str) -> tuple[bundle.Bundle, pa.Table]:
    development, sample = cut("Taiwan", 0)
    scorer = scorers.recipe(kind, {"search": 0}).fit(development, development.train.features, seed=0)
    pd = scorer.score(sample)
    low, high = np.quantile(pd, [0.5, 0.6])
    saved = bundle.pack(scorer, Policy(float(high), float(low), (0.05, 0.1, 0.2)), {}, {})
    rows = np.concatenate([sample.columns(scorer.features), development.tune.columns(scorer.features)])[:ROWS]
    return saved, pa.Table.from_pylist([_record(scorer.features, row) for row in rows])
