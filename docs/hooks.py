"""What the site makes of the pages: figures from reports/example, and links that lead out of docs as plain names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

import riskmodel.config as settings
from riskmodel.core import canonical
from riskmodel.evaluation.catalogue import methods

ROOT = Path(__file__).parents[1]
EXAMPLE = "reports/example/"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(((?:\.\./)+)([^)#]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The example's figures and pages, and the schema of the TOML, beside the documentation's own."""
    files.append(File.generated(config, "reference/run.schema.json", content=canonical(settings.schema())))
    for path in sorted((ROOT / EXAMPLE).iterdir()):
        files.append(File.generated(config, f"example/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they work in the repository, made to work on the site; code and data stay in the repository."""
    for mark, written in (("[[toml-keys]]", toml_keys), ("[[evidence]]", evidence)):
        if mark in markdown:
            markdown = markdown.replace(mark, written())

    def rewritten(match: re.Match[str]) -> str:
        image, text, up, target = match.groups()
        if up.count("../") <= page.file.src_uri.count("/"):
            return match[0]
        if target.startswith(EXAMPLE):
            place = get_relative_url(f"example/{Path(target).name}", page.file.src_uri)
            return f"{image}[{text}]({place})"
        return text if text.startswith("`") else f"`{text}`"

    return _LINK.sub(rewritten, markdown)


def toml_keys() -> str:
    """A table a section, from the strict models that read the TOML."""
    schema = settings.schema()
    sections = [("", schema), *((f"[{name}]", one) for name, one in sorted(schema["$defs"].items()))]
    return "\n\n".join(_section(name, one) for name, one in sections)


def _section(name: str, schema: dict[str, Any]) -> str:
    lines = [
        f"## {name.strip('[]') or 'Run'}",
        "",
        _in_a_cell(schema.get("description", "")),
        "",
        "| key | value | default |",
        "|---|---|---|",
    ]
    for key, one in schema.get("properties", {}).items():
        default = "required" if key in schema.get("required", []) else f"`{json.dumps(one.get('default'))}`"
        lines.append(f"| `{key}` | {_in_a_cell(_kind(one))} | {_in_a_cell(default)} |")
    return "\n".join(lines)


def _kind(one: dict[str, Any]) -> str:
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return f"table [{name}](#{name.lower()})"
    if "anyOf" in one:
        return " or ".join(_kind(part) for part in one["anyOf"] if part.get("type") != "null")
    if "enum" in one or "const" in one:
        return ", ".join(f"`{value}`" for value in one.get("enum", [one.get("const")]))
    if one.get("type") == "array":
        return f"list of {_kind(one.get('items', {}))}"
    if one.get("type") == "object":
        return f"table by name: {_kind(more)}" if isinstance(more := one.get("additionalProperties"), dict) else "table"
    signs = {"exclusiveMinimum": ">", "minimum": "≥", "exclusiveMaximum": "<", "maximum": "≤"}
    bounds = ", ".join(f"{sign} {one[key]:,}" for key, sign in signs.items() if key in one)
    return f"{one.get('type', 'any')}{f' {bounds}' if bounds else ''}"


def evidence() -> str:
    """Each method with its formula and source, section by section."""
    parts: dict[str, list[str]] = {}
    for one in methods():
        entry = f"### {one.title}\n\n`{one.id}`\n\n> {_in_a_cell(one.formula)}\n\nSource: {_in_a_cell(one.source)}"
        parts.setdefault(one.section, []).append(entry)
    return "\n\n".join(f"## {section.capitalize()}\n\n" + "\n\n".join(entries) for section, entries in parts.items())


def _in_a_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
