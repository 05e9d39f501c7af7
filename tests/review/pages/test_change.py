import json
import re
from html.parser import HTMLParser

import pytest
from planted import planted

from riskmodel.core import canonical
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.thresholds import standard
from riskmodel.review.dossier import assess
from riskmodel.review.pages.change import change_page, save
from riskmodel.review.reports import change


@pytest.fixture(scope="module")
def data():
    return change.memo(assess(planted(rows=2500, seed=2), standard()), {"policy": "<b>given</b>"})


class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.ids, self.links, self.tags = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        result = dict(attrs)
        self.tags.append(tag)
        self.ids += [result["id"]] if "id" in result else []
        self.links += [result["href"]] if tag == "a" else []


def test_the_page_is_made_of_the_json_alone_and_always_the_same(data):
    again = json.loads(canonical(data))
    assert change_page(again) == change_page(data)


def test_the_memo_has_its_title_and_says_that_times_are_not_measured(data):
    assert data["title"] == "Change from full to pruned"
    assert data["performance"]["latency"] == "NOT EVALUATED"
    assert data["record"] == {"policy": "<b>given</b>"}
    assert data["changed"].startswith("pruned in place of full: ")


def test_the_page_has_all_sections_and_every_link_leads_somewhere(data):
    page = Reader(change_page(data))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    sections = {"outcomes", "change", "fairness", "reasons", "robustness", "monitoring", "findings", "appendix"}
    assert sections <= set(page.ids)


def test_it_is_small_asks_nobody_and_escapes_what_it_was_given(data):
    page = change_page(data)
    assert len(page) < 1_000_000
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page) == []
    assert "<b>given</b>" not in page


def test_it_never_says_that_a_model_is_fit_for_use(data):
    words = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", change_page(data), flags=re.S).lower()
    assert "compliant" not in words
    assert "is approved" not in words
    assert "sr 26-2" in words


def test_every_picture_names_its_axes_and_each_point_tells_itself(data):
    drawings = re.findall(r"<svg.*?</svg>", change_page(data), flags=re.S)
    assert len(drawings) >= 6
    for drawing in drawings:
        assert 'aria-label="' in drawing
        words = " ".join(re.findall(r"<text[^>]*>([^<]*)<", drawing))
        assert re.search(r"\((%|AUC points|ratio|nats|share|no unit|0 is equal)", words)
        assert drawing.count('class="pt"') == drawing.count("<title>") > 0


def test_both_files_are_written(data, tmp_path):
    save(data, tmp_path / "change.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["change.html", "change.json"]
    assert json.loads((tmp_path / "change.json").read_bytes())["schema_version"] == 1


def test_none_is_written_where_printing_fails(data, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RiskModelError, match="a PDF needs Chromium"):
        save(data, tmp_path / "change.html", pdf=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"), [("change.json", "must end in .html"), ("file/change.html", "must be in a folder, however")]
)
def test_a_place_that_cannot_hold_both_is_refused(tmp_path, name, said):
    (tmp_path / "file").touch()
    with pytest.raises(RiskModelError, match=said):
        change.check_places(tmp_path / name)
