"""A bundle that asks only for what it reads: the same margins and reasons to the last bit, and fewer columns."""

from dataclasses import replace

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xgboost
from samples import FEATURES

from riskmodel import bundle
from riskmodel.batch import Chunk
from riskmodel.core import Policy, Reference
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.base.narrowing import narrow
from riskmodel.workflows.export import export
from riskmodel.workflows.narrow import in_words, narrow_bundle

POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))
REFERENCE = Reference({c.name: 0.0 for c in FEATURES}, {c.name: 0.1 for c in FEATURES}, (0.1,), (0.5, 0.5), 100)
PRICED = tuple(replace(column, cost=1.5) if column.name == "noise" else column for column in FEATURES)


def without(scorer, *names):
    """The scorer whose trees never ask for these columns: every such split ends in the mean of what hangs below."""
    gone = [place for place, column in enumerate(scorer.features) if column.name in names]
    trees = []
    for tree in scorer.ensemble.trees:
        ends, stack = {}, [0]
        while stack:
            node = stack.pop()
            if tree.feature[node] in gone or tree.is_leaf[node]:
                ends[node] = float(tree.value[node]) if tree.is_leaf[node] else 0.01 * node
            else:
                stack += [int(tree.left[node]), int(tree.right[node])]
        trees.append(tree.with_leaves(ends))
    return scorer.with_ensemble(replace(scorer.ensemble, trees=tuple(trees)))


def saved(scorer, folder, **more):
    bundle.save(bundle.pack(scorer, POLICY, {}, {}, **more), folder)
    return folder


def table(sample, names):
    columns = {column.name: sample.matrix[:, i] for i, column in enumerate(FEATURES)}
    columns["purpose"] = [FEATURES[2].categories[int(code)] for code in sample.matrix[:, 2]]
    return pa.RecordBatch.from_pydict({name: pa.array(columns[name], from_pandas=True) for name in names})


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
@pytest.mark.parametrize("gone", [("noise",), ("income", "noise"), ("purpose",)])
def test_scores_and_reasons_stay_and_the_columns_go(kind, gone, fitted, fresh, tmp_path):
    scorer = replace(without(fitted(kind), *gone), features=PRICED)
    before = saved(scorer, tmp_path / "before", reference=REFERENCE, reasons={"income": "low", "noise": "loud"})
    narrowed = narrow_bundle(before, tmp_path / "after")
    assert narrowed.dropped == gone
    assert narrowed.cost_before - narrowed.cost_after == (1.5 if "noise" in gone else 0)
    made = bundle.read(tmp_path / "after")
    names = [column.name for column in made.features]
    assert set(names) == set(made.reference.typical) == {c.name for c in FEATURES} - set(gone)
    assert set(made.reasons) == {"income", "noise"} - set(gone)
    ids = pa.array(np.arange(len(fresh)))
    whole = Chunk.from_bundle(bundle.read(before))(table(fresh, [c.name for c in FEATURES]), ids).rows
    small = Chunk.from_bundle(made)(table(fresh, names), ids).rows
    same = [name for name in whole.schema.names if name != "model_sha256"]
    assert small.select(same).to_pylist() == whole.select(same).to_pylist()


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_the_library_opens_the_narrowed_file_and_agrees(kind, fitted, fresh, tmp_path):
    scorer = without(fitted(kind), "income")
    small = narrow(scorer)
    np.testing.assert_array_equal(small.margin(fresh.matrix[:, 1:]), scorer.margin(fresh.matrix))
    np.testing.assert_allclose(small.native_margin(fresh.matrix[:, 1:]), scorer.native_margin(fresh.matrix), atol=1e-6)
    saved(small, tmp_path / "bundle")
    export(tmp_path / "bundle", tmp_path / "m.json", "native")
    library = (
        lightgbm.Booster(model_file=tmp_path / "m.json")
        if kind == "lgbm"
        else xgboost.Booster(model_file=tmp_path / "m.json")
    )
    names = library.feature_name() if kind == "lgbm" else library.feature_names
    assert names == [column.name for column in FEATURES[1:]]


def test_score_asks_for_a_column_that_no_split_reads_until_the_bundle_is_narrowed(fitted, fresh, tmp_path, riskmodel):
    wide = saved(without(fitted("lgbm"), "noise"), tmp_path / "wide", reference=REFERENCE)
    narrow_bundle(wide, tmp_path / "narrow")
    names = [column.name for column in FEATURES if column.name != "noise"]
    rows = table(fresh, names).append_column("loan", pa.array(np.arange(len(fresh))))
    pq.write_table(pa.Table.from_batches([rows]), tmp_path / "rows.parquet")
    given = ("--input", tmp_path / "rows.parquet", "--id", "loan")
    code, _, err = riskmodel("--quiet", "score", "--model", wide, *given, "--output", tmp_path / "refused")
    assert code != 0
    assert "no column 'noise'" in err
    code, _, err = riskmodel("--quiet", "score", "--model", tmp_path / "narrow", *given, "--output", tmp_path / "o")
    assert (code, err) == (0, "")


def test_a_scorecard_and_a_blend_lose_what_has_no_points(fitted, fresh):
    card = fitted("scorecard")
    unread = replace(card.cards[4], margins=(0.0,) * len(card.cards[4].margins))
    card = replace(card, cards=(*card.cards[:4], unread))
    assert [column.name for column in narrow(card).features] == [column.name for column in FEATURES[:4]]
    np.testing.assert_array_equal(narrow(card).margin(fresh.matrix[:, :4]), card.margin(fresh.matrix))
    blend = fitted("blend")
    blend = replace(blend, members=(card, without(blend.members[1], "noise")))
    np.testing.assert_array_equal(narrow(blend).margin(fresh.matrix[:, :4]), blend.margin(fresh.matrix))


def test_what_cannot_be_narrowed_is_refused_in_one_line(fitted, tmp_path):
    with pytest.raises(UnsupportedScorer, match="a mlp scorer reads every feature that it has"):
        narrow_bundle(saved(fitted("mlp"), tmp_path / "mlp"), tmp_path / "after")
    constant = without(fitted("lgbm"), *(column.name for column in FEATURES))
    with pytest.raises(UnsupportedScorer, match="must read a feature, however: it gives every row the same PD"):
        narrow(constant)
    assert not (tmp_path / "after").exists()
    place = saved(fitted("lgbm"), tmp_path / "given")
    with pytest.raises(RiskModelError, match="must be a new place, however: it is the input"):
        narrow_bundle(place, place)


def test_on_the_command_line(fitted, tmp_path, riskmodel):
    before = saved(replace(without(fitted("xgb"), "noise"), features=PRICED), tmp_path / "before")
    code, out, _ = riskmodel("narrow", before, "--output", tmp_path / "after")
    assert code == 0
    assert "asks for 4 columns, no longer asks for noise, 1.5 less an application; every margin is the same" in out
    whole = narrow_bundle(tmp_path / "after", tmp_path / "again")
    assert "reads every column" in in_words(whole, tmp_path / "again")
