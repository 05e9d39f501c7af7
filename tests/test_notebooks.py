"""Every notebook runs as it stands, what its cells assert holds, and its page has the same code and kinds of output."""

import pytest
from notebooks import SOURCES, outline, page


def test_there_is_a_page_of_every_notebook():
    assert len(SOURCES) == 5
    assert all(source.with_suffix(".md").exists() for source in SOURCES)


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_gives_what_its_page_says(source, tmp_path):
    given = page(source, tmp_path)
    assert outline(given) == outline(source.with_suffix(".md").read_text())
