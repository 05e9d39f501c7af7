"""Write a simulated portfolio whose true PD is known: Parquet parts, a run's TOML, a README and the facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import tables
from riskmodel.core import Tick, canonical
from riskmodel.datasets.synthetic import BLOCK, World, batches
from riskmodel.datasets.synthetic.describe import run_toml
from riskmodel.datasets.synthetic.readme import readme
from riskmodel.datasets.synthetic.tally import Tally
from riskmodel.errors import RiskModelError
from riskmodel.files import beside
from riskmodel.workflows.progress import Stages

PARTS = "loans"  # a folder of its own, so that the TOML and the README are not taken for tables
BLOCKS = 8  # of a part: 131,072 rows
ROW_GROUP = 65_536


def synth(rows: int, seed: int, world: World, output: Path, stages: Stages) -> dict[str, Any]:
    """Writes the new folder `output`, and returns the facts of its facts.json.

    One part is in memory at a time. The same rows, seed and world give the same bytes. Raises: RiskModelError if the
    folder exists, DataError for no rows.
    """
    if output.exists():
        raise RiskModelError(f"{output}: must not exist yet, however: it does")
    blocks = batches(rows, seed, world)
    with beside.folder(output) as folder, stages.stage("Draw loans", -(-rows // BLOCK)) as tick:
        tally = _write(blocks, folder / PARTS, tick)
        facts = {**_facts(tally), "seed": seed, "world": asdict(world)}
        (folder / "run.toml").write_text(run_toml(PARTS, tables.sha256_of(folder / PARTS), world), "utf-8")
        (folder / "README.md").write_text(readme(world, seed, tally), "utf-8")
        (folder / "facts.json").write_bytes(canonical(facts))
    return facts


def _write(blocks: Iterator[pa.RecordBatch], folder: Path, tick: Tick) -> Tally:
    folder.mkdir()
    tally, parts = Tally(), 0
    while part := list(islice(blocks, BLOCKS)):
        path = folder / f"part-{parts:05d}.parquet"
        pq.write_table(pa.Table.from_batches(part), path, row_group_size=ROW_GROUP, compression="zstd")
        parts += 1
        for block in part:
            tally = tally.add(block)
            tick()
    return tally


def _facts(tally: Tally) -> dict[str, Any]:
    bads = int(tally.bads.sum())
    return {"rows": tally.rows, "bads": bads, "mean_true_pd": tally.mean_pd, "auc_of_true_pd": tally.auc}


def in_words(facts: Mapping[str, Any], output: Path) -> str:
    """Two lines for a person."""
    auc = facts["auc_of_true_pd"]
    best = "" if auc is None else f", and the true PD itself has AUC {auc:.4f}"
    share = facts["bads"] / facts["rows"]
    return (
        f"{facts['rows']:,} loans in {output}: {share:.2%} are bad{best}\n"
        f"README.md says what the columns mean. Next: riskmodel train {output / 'run.toml'}"
    )


def as_json(facts: Mapping[str, Any]) -> str:
    """The same for a program."""
    return canonical(dict(facts)).decode().rstrip("\n")
