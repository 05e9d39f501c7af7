"""The words of a review: what the challenger is made of, what a terminal is told, where files may lie."""

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.review.reports.change import changed, check_places, in_words

SPACE = "\N{NO-BREAK SPACE}"


FULL = {
    "name": "full",
    "kind": "lgbm",
    "trees": 400,
    "leaves": 12_000,
    "weights": 0,
    "features": 20,
    "bytes": 1_500_000,
}


def side(name, **changes):
    return {**FULL, "name": name, **changes}


def of_sides(after, removed=()):
    return {"champion": FULL, "challenger": after, "removed": list(removed)}


def test_sizes_are_told_where_they_differ():
    after = side("small", trees=40, leaves=1_200, bytes=150_000)
    assert changed(of_sides(after)) == (
        f"small in place of full: trees 400 to 40, leaves 12,000 to 1,200, size 1.5{SPACE}MB to 150{SPACE}kB. "
        "No column is dropped."
    )


def test_another_kind_has_no_trees_to_compare():
    after = side("net", kind="neural", trees=0, leaves=0, weights=9_000, features=14)
    assert changed(of_sides(after, ["age", "rent"])) == (
        "net in place of full: another kind of scorer, neural for lgbm, features 20 to 14. No longer read: age, rent."
    )


def test_equal_sizes_and_many_dropped_columns():
    said = changed(of_sides(side("other"), [f"c{i}" for i in range(11)]))
    assert said.startswith("other in place of full: of the same size. No longer read: c0, c1,")
    assert said.endswith("c7 and 3 more.")


def caution(state="warned", check="identical"):
    return {"id": check, "state": state}


def test_a_terminal_is_told_the_verdict_and_three_findings():
    findings = [{"severity": severity, "statement": f"s{i}."} for i, severity in enumerate(["high", *["medium"] * 4])]
    data = {"verdict": "inferior", "changed": "a in place of b.", "findings": findings, "cautions": [caution("clear")]}
    assert in_words(data, "memo.html").splitlines() == [
        "inferior: a in place of b.",
        "  high    s0.",
        "  medium  s1.",
        "  medium  s2.",
        "Review: memo.html",
    ]
    same = {**data, "findings": [], "cautions": [caution()]}
    assert in_words(same, "memo.html").splitlines()[0] == "identical: a in place of b."


@pytest.mark.parametrize(("name", "said"), [("memo.txt", ".txt"), ("memo", "nothing")])
def test_a_review_is_a_html_file(tmp_path, name, said):
    with pytest.raises(RiskModelError, match=rf"{name}: must end in \.html, however: {said}$"):
        check_places(tmp_path / name)


def test_a_file_in_the_way_is_refused_and_missing_folders_are_made_later(tmp_path):
    check_places(tmp_path / "no" / "memo.html")
    (tmp_path / "no").write_bytes(b"")
    with pytest.raises(RiskModelError, match=r"must be in a folder, however: .*no is a file$"):
        check_places(tmp_path / "no" / "memo.html")
    (tmp_path / "memo.json").mkdir()
    with pytest.raises(RiskModelError, match=r"memo\.json: must be a file, however: a folder has this name$"):
        check_places(tmp_path / "memo.html")
