"""The same applications through the doors of a bundle and of files trained elsewhere: the same PDs, or one line."""

import lightgbm
import numpy as np
import pandas as pd
import pytest

from riskmodel import scorers
from riskmodel.errors import DataError
from riskmodel.workflows.prune import table
from riskmodel.workflows.prune.table import Spelling

ROWS = 1200


def loans(seed, levels):
    draw = np.random.default_rng(seed)
    own, utilisation = draw.choice(levels, ROWS), draw.uniform(size=ROWS)
    margin = -2 + 2 * utilisation + 1.5 * (own == levels[0])
    default = (draw.random(ROWS) < 1 / (1 + np.exp(-margin))).astype(int)
    return pd.DataFrame({"utilisation": utilisation, "own": pd.Series(own)}), default


def trained(folder, levels):
    """A LightGBM text whose category has the given levels, and the rows that it knows the PDs of."""
    features, default = loans(1, levels)
    features["own"] = features["own"].astype("category")
    model = lightgbm.LGBMClassifier(n_estimators=10, num_leaves=5, verbose=-1, n_jobs=1).fit(features, default)
    model.booster_.save_model(folder / "model.txt")
    fresh, _ = loans(2, levels)
    known = fresh.assign(own=pd.Categorical(fresh["own"], features["own"].cat.categories))
    return scorers.open_native(folder / "model.txt"), fresh, model.predict_proba(known)[:, 1]


@pytest.mark.parametrize(
    ("levels", "spelt"),
    [
        (np.array([True, False]), str),
        (np.array([True, False]), lambda own: str(own).lower()),
        (np.array([True, False]), lambda own: str(int(own))),
        (np.array([7, 12, 33]), lambda own: f"{own:05d}"),
        (np.array([7, 12, 33]), lambda own: f"{own}.0"),
        (np.array(["NA", "US", "DE"], object), str),
        (np.array(["Müller", "Åse", "null"], object), str),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_trained_elsewhere_scores_a_table_as_its_library_does(tmp_path, levels, spelt, form):
    scorer, fresh, known = trained(tmp_path, levels)
    written = fresh.assign(own=[spelt(own) for own in fresh["own"].tolist()])
    path = tmp_path / f"rows.{form}"
    written.to_csv(path, index=False) if form == "csv" else written.to_parquet(path)
    np.testing.assert_allclose(scorer.pd(table.unlabelled(path, scorer.features)), known, atol=1e-9)


def test_levels_of_another_table_are_refused_or_told(tmp_path):
    scorer, fresh, _ = trained(tmp_path, np.array(["own", "rent"], object))
    fresh.assign(own=fresh["own"].str.upper()).to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(DataError, match=r"'own' has levels that the model does not know in 100.0% of the rows"):
        table.unlabelled(tmp_path / "rows.csv", scorer.features)
    said = []
    matrix = table.unlabelled(tmp_path / "rows.csv", scorer.features, Spelling(unknown=1.0, say=said.append))
    assert np.isnan(matrix[:, 1]).all()
    assert len(said) == 1
    assert "they count as missing" in said[0]
    table.unlabelled(tmp_path / "rows.csv", scorer.features, Spelling(nulls=("OWN", "RENT"), say=said.append))
    assert len(said) == 1
