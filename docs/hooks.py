"""What the site makes of the pages: figures from reports/example, and links that lead out of docs as plain names."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

ROOT = Path(__file__).parents[1]
EXAMPLE = "reports/example/"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(((?:\.\./)+)([^)#]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The example's figures and pages, beside the documentation's own."""
    for path in sorted((ROOT / EXAMPLE).iterdir()):
        files.append(File.generated(config, f"example/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they work in the repository, made to work on the site; code and data stay in the repository."""

    def rewritten(match: re.Match[str]) -> str:
        image, text, up, target = match.groups()
        if up.count("../") <= page.file.src_uri.count("/"):
            return match[0]
        if target.startswith(EXAMPLE):
            place = get_relative_url(f"example/{Path(target).name}", page.file.src_uri)
            return f"{image}[{text}]({place})"
        return text if text.startswith("`") else f"`{text}`"

    return _LINK.sub(rewritten, markdown)
