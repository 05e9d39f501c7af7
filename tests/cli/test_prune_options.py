"""All that is wrong with the options of a pruning is listed at once, in one line, before a file is opened."""

from dataclasses import replace

import click
import pytest

from riskmodel.cli.prune_options import PruneOptions, size_of
from riskmodel.errors import RiskModelError
from riskmodel.workflows.prune.size import Size

NO_SIZES = dict.fromkeys(("keep", "leaves", "nodes", "trees", "bytes", "margin"))


@pytest.fixture
def options(tmp_path):
    """Options without a fault, of a model of trees."""
    for name in ("model.txt", "rows.parquet", "net.onnx"):
        (tmp_path / name).touch()
    made = PruneOptions(
        model=tmp_path / "model.txt",
        library=None,
        data=tmp_path / "rows.parquet",
        output=tmp_path / "small.txt",
        target="default",
        teacher_pd=None,
        ignore=(),
        method=None,
        sizes=NO_SIZES,
        same_decisions=None,
        cutoff=None,
        weight=None,
        unlabelled=None,
        levels=None,
        monotone=None,
        of_networks=False,
        of_features=False,
        worst_case=False,
        compact=False,
    )

    def of(**changes):
        sizes = {**NO_SIZES, **changes.pop("sizes", {})}
        return replace(made, sizes=sizes, **changes)

    return of


def faults(options):
    with pytest.raises(RiskModelError) as refused:
        options.check()
    assert "\n" not in str(refused.value)
    return str(refused.value).split("; ")


def test_what_is_right_is_not_refused(options):
    options().check()
    options(sizes={"keep": 0.5}, method="collapse", monotone="age=-1").check()
    options(same_decisions=0.99, cutoff=0.2, target=None).check()
    options(model=None, teacher_pd="pd", ignore=("id",)).check()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model": None}, r"Missing argument 'MODEL', or --teacher-pd\."),
        ({"target": None}, r"Missing option '--target', or --same-decisions\."),
    ],
)
def test_without_a_model_or_something_to_judge_by_it_is_a_mistake_of_usage(changes, why, options):
    with pytest.raises(click.UsageError, match=why):
        options(**changes).check()


CASES = {
    "two sizes": ({"sizes": {"keep": 0.5, "trees": 3}}, ["the size must be set by one of --keep, --leaves"]),
    "a size and decisions": ({"sizes": {"keep": 0.5}, "same_decisions": 0.9}, ["by --keep and --same-decisions"]),
    "a model and PDs": ({"teacher_pd": "pd"}, ["a model or --teacher-pd must be given, however: both"]),
    "ignored of a model": ({"ignore": ("id",)}, ["--ignore is for --teacher-pd: a model knows its features"]),
    "the library of PDs": (
        {"model": None, "teacher_pd": "pd", "library": "xgboost"},
        ["--as is for a MODEL: what --teacher-pd learns is of the library that the name of OUTPUT says"],
    ),
    "another method of PDs": (
        {"model": None, "teacher_pd": "pd", "method": "collapse"},
        ["--teacher-pd is learnt by distil, however: by --method collapse"],
    ),
    "a criterion of trees": ({"of_networks": True}, ["--criterion and --inputs are of networks alone"]),
    "features of leaves": (
        {"of_features": True, "method": "collapse"},
        ["--must-keep and --must-drop are of methods that take features out"],
    ),
    "a cutoff alone": ({"cutoff": 0.2}, ["--cutoff is of --same-decisions alone"]),
    "decisions by weight": (
        {"same_decisions": 0.9, "weight": "w"},
        ["--same-decisions counts each row once, however: --weight is given"],
    ),
    "decisions, compact": (
        {"same_decisions": 0.9, "compact": True},
        ["--same-decisions is of trees alone, and without --compact"],
    ),
    "a share beyond one": ({"sizes": {"keep": 1.5}}, [r"keep must be in (0, 1]"]),
    "an unknown method": ({"method": "magic"}, ["magic"]),
    "a direction that is none": ({"monotone": "age=up"}, ["--monotone must be COL=1 or COL=-1"]),
    "a share of decisions beyond one": ({"same_decisions": 1.5}, ["1.5"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_in_its_own_words(name, options):
    changes, due = CASES[name]
    lines = faults(options(**changes))
    assert all(any(words in fault for fault in lines) for words in due), lines


def test_all_faults_are_told_at_once_and_each_once(options, tmp_path):
    lines = faults(
        options(
            data=tmp_path / "absent.parquet",
            ignore=("id",),
            monotone="age=up",
            cutoff=0.3,
            sizes={"keep": 7.5, "leaves": 0},
            of_networks=True,
        )
    )
    assert len(lines) >= 6
    assert len(set(lines)) == len(lines)
    assert any(fault == f"{tmp_path / 'absent.parquet'}: no such file" for fault in lines)


@pytest.mark.parametrize(
    "changes", [{"of_features": True}, {"compact": True}, {"worst_case": True}, {"library": "lightgbm"}]
)
def test_what_is_of_trees_is_not_of_a_network(changes, options, tmp_path):
    lines = faults(options(model=tmp_path / "net.onnx", output=tmp_path / "small.onnx", **changes))
    assert any(
        "--as, --must-keep, --must-drop, --compact and --worst-case are of trees alone" in fault for fault in lines
    )


def test_the_model_is_a_network_where_its_file_says_so(options, tmp_path):
    assert options(model=tmp_path / "net.onnx").is_network
    assert not options().is_network
    assert not options(model=None).is_network


def test_an_output_in_the_place_of_what_is_read_is_refused(options, tmp_path):
    assert faults(options(output=tmp_path / "model.txt"))


def test_a_file_of_levels_that_cannot_be_read_is_a_fault_too(options, tmp_path):
    (tmp_path / "levels.json").write_text("{")
    assert any("--levels" in fault for fault in faults(options(levels=tmp_path / "levels.json")))


@pytest.mark.parametrize(
    ("sizes", "due"),
    [
        ({"keep": 0.5}, Size(keep=0.5)),
        ({"keep": 3.0}, Size(features=3)),
        ({"keep": 1.0}, Size(keep=1.0)),
        ({"keep": 1.5}, Size(keep=1.5)),
        ({"leaves": 9, "margin": None}, Size(leaves=9)),
        ({"margin": 0.01}, Size(margin=0.01)),
        ({}, Size()),
    ],
)
def test_the_size_is_the_one_that_is_given_and_a_whole_number_above_one_counts_features(sizes, due):
    assert size_of({**NO_SIZES, **sizes}) == due
