"""Shares and p-values are written in one way."""

import re
from pathlib import Path

import pytest
from plain_words import plain

import riskmodel
from riskmodel.stats.words import p_value, percent

HOUSE = Path(riskmodel.__file__).parent
PAGES = ("review", "api", "datasets/leakage")  # what they say stands on pages


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.12345, None, "12.3 %"), (0.998, 4, "99.8000 %"), (0.0, None, "0 %"), (1, 1, "100.0 %")],
)
def test_a_share_has_a_space_that_does_not_break(share, decimals, text):
    assert plain(percent(share, decimals)) == text
    assert " %" not in percent(share, decimals)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "< 0.0001"), (1e-300, "< 0.0001"), (0.0001, "0.0001"), (1, "1.0000")]
)
def test_a_p_value_is_never_written_as_nothing(value, text):
    assert plain(p_value(value)) == text


def test_no_page_writes_a_share_or_a_p_value_in_another_way():
    texts = {path: path.read_text() for room in PAGES for path in (HOUSE / room).rglob("*.py")}
    assert len(texts) > 50
    own = re.compile(r"\{[^{}]*:\.\d%\}|\bp \{[^{}]*:\.\d")
    assert [(path.name, hit[0]) for path, text in texts.items() for hit in own.finditer(text)] == []
