"""The notebooks of the documentation, run from their sources; `python -m tests.notebooks` writes their pages."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jupytext
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "docs" / "notebooks"
SOURCES = sorted(NOTEBOOKS.glob("*.py"))
_KINDS = ("text/html", "image/svg+xml", "text/plain")  # the richest first


def page(source: Path, folder: Path) -> str:
    """A notebook run in this folder, as Markdown with what its cells gave. Raises: CellExecutionError."""
    notebook = jupytext.read(source)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    cwd = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=1200, kernel_name="python3", resources=cwd)
    client.execute(env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "COLUMNS": "120"})
    return "\n\n".join(text for cell in notebook.cells for text in _written(cell)) + "\n"


def outline(text: str) -> str:
    """A page but for what its cells gave, of which the kind alone stays, and of a table its head.

    Figures, and now and then a verdict, may differ between processors; what must hold of them the cells assert.
    """
    for whole, kind in (
        (r"```text\n.*?```", "text"),
        (r"<svg.*?</svg>", "svg"),
        (r"<tbody>.*?</tbody>", "rows"),
        (r"<p>.*?</p>", "words"),
    ):
        text = re.sub(whole, kind, text, flags=re.DOTALL)
    return text


def _written(cell: Any) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    printed = "".join(
        output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"
    )
    if printed.strip():
        yield f"```text\n{printed.rstrip()}\n```"
    yield from (_rich(output.data) for output in cell.outputs if output.output_type == "execute_result")


def _rich(data: dict[str, str]) -> str:
    kind = next(kind for kind in _KINDS if kind in data)
    return f"```text\n{data[kind]}\n```" if kind == "text/plain" else re.sub(r"\n\s*\n", "\n", data[kind])


def main() -> None:
    for source in SOURCES:
        with TemporaryDirectory() as folder:
            source.with_suffix(".md").write_text(page(source, Path(folder)))
        print(source.with_suffix(".md").name)


if __name__ == "__main__":
    main()
