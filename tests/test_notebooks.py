"""Every notebook runs as it stands, and its page says what it gives."""

import pytest
from notebooks import SOURCES, page, without_figures


def test_there_is_a_page_of_every_notebook():
    assert len(SOURCES) == 5
    assert all(source.with_suffix(".md").exists() for source in SOURCES)


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_gives_what_its_page_says(source, tmp_path):
    given = page(source, tmp_path)
    assert without_figures(given) == without_figures(source.with_suffix(".md").read_text())
