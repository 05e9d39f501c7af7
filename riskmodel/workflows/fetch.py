"""Fetch a public data set into a Parquet file, and say where it comes from and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from riskmodel import tables
from riskmodel.core import canonical
from riskmodel.datasets import public
from riskmodel.files import beside, places
from riskmodel.workflows.progress import Stages


def fetch(name: str, output: Path, stages: Stages) -> dict[str, Any]:
    """Writes the set's table to `output`, whole or not at all, and returns the facts about it.

    Raises: DataError for an unknown name, without a network, or for a file that is not the recorded one;
    RiskModelError where `output` can be no file.
    """
    wanted = public.known(name)
    places.check_files(output)
    with stages.stage(f"Fetch {name}"):
        fetched = public.fetch(name)
        with beside.together(output) as folder:
            written = folder / output.name
            pq.write_table(fetched.table, written, compression="zstd")
            sha256 = tables.sha256_of(written)
    return {
        "name": name,
        "title": wanted.title,
        "licence": wanted.licence,
        "source": wanted.source,
        "openml": wanted.openml_id,
        "target": fetched.target,
        "rows": fetched.table.num_rows,
        "columns": fetched.table.num_columns,
        "md5": fetched.md5,
        "md5_recorded": wanted.md5 is not None,
        "sha256": sha256,
        "output": str(output),
    }


def in_words(facts: Mapping[str, Any]) -> str:
    """The facts for a person."""
    with_what = "the recorded one" if facts["md5_recorded"] else "OpenML's own word; none is recorded here"
    return "\n".join(
        [
            f"{facts['title']}: {facts['rows']:,} rows, {facts['columns']} columns, in {facts['output']}",
            f"licence   {facts['licence']}",
            f"source    {facts['source']} (OpenML {facts['openml']})",
            f"md5       {facts['md5']} of OpenML's file: {with_what}",
            f"sha256    {facts['sha256']} of the Parquet file, for data.sha256",
            f"Next: riskmodel init {facts['output']} --target {facts['target']}",
        ]
    )


def as_json(facts: Mapping[str, Any]) -> str:
    """The facts for a program."""
    return canonical(dict(facts)).decode().rstrip("\n")
