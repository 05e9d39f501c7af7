"""What the pages in docs/ name exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("**/*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page):
    paths = re.findall(r"`((?:riskmodel|tests|pipelines|data)/[\w./]+)`", page.read_text())
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_room_stands_on_the_page_of_the_house():
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms = {p.stem for p in (ROOT / "riskmodel").iterdir() if not p.name.startswith(("_", "py.typed"))}
    assert not [room for room in sorted(rooms) if f"`{room}`" not in page]
