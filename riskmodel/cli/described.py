"""A line for each thing that can be named, below a command's help: read from its source, so that nothing is loaded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from riskmodel import registry


class Described(click.Command):
    """A command whose help ends with what its options and its TOML can name."""

    folders: tuple[tuple[str, registry.Registry], ...] = ()  # a heading, and what it lists

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the rooms have, under their headings."""
        for heading, listed in self.folders:
            with formatter.section(heading):
                formatter.write_dl(list(described(listed)))
        super().format_epilog(ctx, formatter)


def described(listed: registry.Registry) -> Iterator[tuple[str, str]]:
    """The names of our own, each with the first sentence of its module."""
    spec = find_spec(listed.package)
    places = list(spec.submodule_search_locations or []) if spec else []
    for name in registry.names(places, listed.shared):
        path = Path(places[0], name)
        source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        yield name, _first(ast.get_docstring(ast.parse(source.read_text("utf-8"))) or "")


def _first(docstring: str) -> str:
    """The first sentence; "et al." and "ch. 3" end none."""
    return re.split(r"(?<!et al)\. (?=\W*[A-Z])", " ".join(docstring.split()), maxsplit=1)[0].rstrip(".")
