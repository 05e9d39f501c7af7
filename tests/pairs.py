"""Pairs of one answer: a random model of LightGBM or XGBoost, and rows of a random kind that it is asked about.

Each says what the library's user gets, by the plainest way the library has, and what we get; one line where we refuse.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse
import xgboost

from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.scorers.foreign.memory_objects import taken_apart
from riskmodel.scorers.foreign.model import ModelSettings
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import in_memory
from riskmodel.workflows.prune.given_rows import given_rows
from riskmodel.workflows.prune.table import opened as opened_table

ROWS = 240
LEVELS = (
    ["car", "boat", "debt"],
    ["NA", "none", "Y", "N"],
    [7, 3, 1, 12],
    ["00007", "12", "x"],
    list("ABCDEFGH"),
    ["Möbel", "Öl", "Auto"],
    [True, False],  # the last: XGBoost itself does not take it
)
SHARES = {"number": 0.7, "count": 0.8, "flag": 0.86, "whole": 0.93, "odd": 1.0}
MISSING = (np.nan, np.nan, np.nan, -9.9, -999.0, 0.0)
LIBRARIES = ("lightgbm", "xgboost")
NUMBERS = ("number", "count", "odd")
WIDTHS = ("uint8", "int16", "int64")
NULLABLE = {"uint8": "UInt8", "int16": "Int16", "int64": "Int64"}
ODD = (0.0, 1e-36, 0.1, 7.81, 16777217.0, 2.0**53 - 1, 3e30)  # what single precision and LightGBM's zero round


@dataclass(frozen=True)
class Outcome:
    """What became of a pair: `gap` is the largest difference of a PD, `refusal` one line, and one of them is None."""

    message: str
    gap: float | None
    refusal: str | None


def column(draw, rows, kind):
    """Numbers with ties and zeros, truth values, whole numbers, or a category."""
    if kind == "number":
        values = draw.normal(size=rows).round(int(draw.integers(1, 4))) * 3
        return np.where(draw.random(rows) < 0.2, 0, values)
    if kind == "count":
        return draw.poisson(1.5, rows).astype(float)
    if kind == "flag":
        return draw.random(rows) < 0.4
    if kind == "whole":
        return draw.integers(0, 200, rows).astype(str(draw.choice(WIDTHS)))
    if kind == "odd":
        return draw.choice(ODD, rows) * draw.choice([1, 1, -1], rows)
    levels, ordered = kind
    return pd.Categorical.from_codes(draw.integers(0, len(levels), rows), levels, ordered=ordered)


def with_gaps(draw, values, kind, spec):
    """The same with missing values, or with the number that stands for them."""
    gone = draw.random(len(values)) < spec["gone"]
    if kind in NUMBERS:
        plain = values.to_numpy().astype(spec["precision"])
        plain[gone] = spec["missing"] if np.isfinite(spec["missing"]) and draw.random() < 0.8 else np.nan
        return plain
    if not gone.any():
        return values
    if kind in ("flag", "whole"):
        values = values.astype("boolean" if kind == "flag" else NULLABLE[values.dtype.name])
    return values.where(~pd.Series(gone))


def frame(draw, rows, spec):
    """A table of such columns."""
    table = pd.DataFrame({name: column(draw, rows, kind) for name, kind in spec["columns"].items()})
    return table.assign(**{name: with_gaps(draw, table[name], kind, spec) for name, kind in spec["columns"].items()})


def outcome(draw, table):
    margin = np.zeros(len(table))
    for name in table:
        values = np.nan_to_num(numbers(table[name])) % 5
        margin += draw.normal() * (values - values.mean())
    default = (draw.random(len(table)) < 1 / (1 + np.exp(-margin + 0.5))).astype(int)
    default[:2] = 0, 1
    return default


def specification(draw):
    count = int(draw.integers(2, 7))
    library = LIBRARIES[int(draw.integers(2))]
    generated = draw.random() < 0.15
    names = [f"f{i + 1}" if generated else ["income", "util", "dpd", "a b", "Zeit", "f0", "n"][i] for i in range(count)]
    if library == "xgboost":
        names = [name.replace(" ", "-") for name in names]
    kinds = []
    for _ in names:
        dice = draw.random()
        if dice < 0.3:
            kinds.append((LEVELS[int(draw.integers(len(LEVELS) - (library == "xgboost")))], bool(draw.random() < 0.3)))
        else:
            kinds.append(next(kind for kind, upto in SHARES.items() if dice < upto))
    return {
        "library": library,
        "columns": dict(zip(names, kinds, strict=True)),
        "gone": float(draw.choice([0.0, 0.1, 0.3])),
        "missing": float(draw.choice(MISSING)) if library == "xgboost" else float("nan"),
        "precision": draw.choice(["float64", "float32"]),
        "wrapper": bool(draw.random() < 0.6),
        "array": bool(draw.random() < 0.15),
        "early": bool(draw.random() < 0.25),
    }


WEIGHING = ({}, {}, {"is_unbalance": True}, {"scale_pos_weight": 3.0}, {"class_weight": "balanced"})


def trained(draw, spec, table, default):
    """A model of a random shape, and the rows as it was trained on them."""
    rows = codes(table) if spec["array"] else table
    common = {
        "n_estimators": int(draw.integers(1, 15)),
        "n_jobs": 1,
        "learning_rate": float(draw.choice([0.05, 0.3, 1])),
    }
    if spec["library"] == "lightgbm":
        zero = bool(draw.random() < 0.2)
        kind = str(draw.choice(["gbdt", "dart", "rf"], p=[0.66, 0.31, 0.03]))
        model = lightgbm.LGBMClassifier(
            num_leaves=int(draw.integers(2, 12)),
            min_child_samples=5,
            min_data_per_group=5,
            cat_smooth=1,
            verbose=-1,
            boosting_type=kind,
            **({"subsample": 0.7, "subsample_freq": 1} if kind == "rf" else {}),
            **WEIGHING[int(draw.integers(len(WEIGHING)))],
            **({"linear_tree": True} if kind == "gbdt" and draw.random() < 0.03 else {"zero_as_missing": zero}),
            use_missing=bool(draw.random() < 0.9),
            **common,
        )
        categorical = [i for i, kind in enumerate(spec["columns"].values()) if not isinstance(kind, str)]
        more = {"categorical_feature": categorical} if spec["array"] and categorical and draw.random() < 0.5 else {}
        if draw.random() < 0.1 and kind != "rf":
            more["init_score"] = draw.normal(size=len(default))
        model.fit(rows, default, **more)
        return model if spec["wrapper"] else model.booster_
    types = ["q" if isinstance(kind, str) else "c" for kind in spec["columns"].values()]
    more = {"feature_types": types} if spec["array"] else {}
    early = {"early_stopping_rounds": 3} if spec["early"] else {}
    model = xgboost.XGBClassifier(
        max_depth=int(draw.integers(1, 5)),
        min_child_weight=0.5,
        enable_categorical=True,
        max_cat_to_onehot=int(draw.choice([1, 4])),
        tree_method="hist",
        booster=draw.choice(["gbtree", "gbtree", "dart"]),
        missing=spec["missing"] if spec["wrapper"] else float("nan"),
        base_score=[None, 0.3][int(draw.integers(2))],
        num_parallel_tree=int(draw.choice([1, 3], p=[0.97, 0.03])),
        subsample=float(draw.choice([1.0, 0.7])),
        scale_pos_weight=float(draw.choice([1.0, 3.0])),
        grow_policy=str(draw.choice(["depthwise", "lossguide"])),
        rate_drop=0.2,
        random_state=0,
        **common,
        **more,
        **early,
    )
    more = {"base_margin": draw.normal(size=len(default))} if draw.random() < 0.1 else {}
    more |= {"eval_set": [(rows, default)]} if early else {}
    model.fit(rows, default, verbose=False, **more)
    return model if spec["wrapper"] else model.get_booster()


def numbers(column):
    """A column as doubles: categories as codes, missing as NaN."""
    plain = column.cat.codes.replace(-1, np.nan) if hasattr(column, "cat") else column
    return plain.to_numpy(float, na_value=np.nan)


def codes(table):
    """A frame as an array."""
    return np.column_stack([numbers(table[name]) for name in table])


def native(model, spec, table):
    """The library's own answer to the frame it knows, or to the codes where it was trained on an array."""
    rows = codes(table) if spec["array"] else table
    if hasattr(model, "predict_proba"):
        return model.predict_proba(rows)[:, 1]
    if spec["library"] == "lightgbm":
        return model.predict(rows)
    types = model.feature_types if spec["array"] else None
    return model.predict(xgboost.DMatrix(rows, feature_types=types, enable_categorical=True))


def ways(spec):
    """In which kinds the same rows can be handed to us."""
    if spec["array"]:
        plain_numbers = all(isinstance(kind, str) for kind in spec["columns"].values())
        return ("array", "list", *(("csr", "csc") if plain_numbers else ()))
    plain = ("frame", "shuffled", "more columns", "arrow", "shuffled arrow", "nullable", "arrow-backed", "file", "csv")
    plain_numbers = all(isinstance(kind, str) for kind in spec["columns"].values())
    return (*plain, "other order of levels", *(("sparse frame", "array") if plain_numbers else ()))


def handed(draw, way, table):
    """The rows of `table` in another kind."""
    mixed = list(draw.permutation(list(table)))
    levels = {name: table[name].cat.categories[::-1] for name in table if hasattr(table[name], "cat")}
    if way in ("array", "list", "csr", "csc"):
        array = codes(table)
        if way == "array":
            return array
        if way == "list":
            return array.tolist()
        return (scipy.sparse.csr_matrix if way == "csr" else scipy.sparse.csc_matrix)(array)
    made = {
        "frame": lambda: table,
        "shuffled": lambda: table[mixed],
        "more columns": lambda: table.assign(more=1.5)[[*mixed, "more"]],
        "arrow": lambda: pa.Table.from_pandas(table, preserve_index=False),
        "shuffled arrow": lambda: pa.Table.from_pandas(table[mixed], preserve_index=False),
        "nullable": lambda: table.convert_dtypes(convert_string=False),
        "arrow-backed": lambda: table.convert_dtypes(dtype_backend="pyarrow"),
        "sparse frame": lambda: pd.DataFrame(codes(table), columns=list(table)).astype(pd.SparseDtype(float, 0.0)),
        "other order of levels": lambda: table.assign(
            **{name: table[name].cat.reorder_categories(turned) for name, turned in levels.items()}
        ),
    }
    return made[way]()


def in_memory_pd(model, given):
    """As prune_trees reads."""
    parts = taken_apart(model)
    rows = given_rows(given, parts)
    opened = in_memory._opened(parts, rows, in_memory.ModelHints({}, {}))
    return opened.scorer.pd(in_memory._read(rows, opened, parts, 0.0))


def file_pd(model, spec, table, place):
    """As prune and review read: the model's own file, and a table beside it."""
    booster = getattr(model, "booster_", None) or getattr(model, "get_booster", lambda: model)()
    path = place.with_name("model.txt" if spec["library"] == "lightgbm" else "model.json")
    booster.save_model(path)
    wrapped = spec["wrapper"] and spec["library"] == "xgboost"
    missing = spec["missing"] if wrapped and np.isfinite(spec["missing"]) else None
    opened = library_parity.opened(path, ModelSettings(missing=missing, all_trees=not spec["wrapper"]))
    if place.name == "csv":
        table.to_csv(place, index=False, na_rep="")
    else:
        table.to_parquet(place)
    rows = opened_table(place, opened.scorer.features)
    library_parity.hold_table(opened, rows, place.name)
    return opened.scorer.pd(encode.matrix(rows, opened.scorer.features))


def as_spelt(table):
    """The frame with what its CSV says: 0.1 of single precision is written as 0.1, and read as that of double."""
    single = [name for name in table if table[name].dtype == np.float32]
    return table.assign(**{name: pd.to_numeric(table[name].astype(str), errors="coerce") for name in single})


def tried(seed, folder):
    """One pair. What is neither an equal answer nor one line of refusal raises."""
    draw = np.random.default_rng(seed)
    spec = specification(draw)
    train, table = frame(draw, ROWS, spec), frame(draw, ROWS // 2, spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = trained(draw, spec, train, outcome(draw, train))
        want = native(model, spec, table)
        way = str(draw.choice(ways(spec)))
        if way in ("csr", "csc"):  # what is not stored is 0 to LightGBM and missing to XGBoost
            array = codes(table)
            want = model_on(model, spec, scipy.sparse.csr_matrix(array))
        if way == "csv":  # what a number of single precision is spelt as is another number in double
            want = native(model, spec, as_spelt(table))
        message = f"pair {seed}: {spec['library']}, {way}"
        try:
            if way in ("file", "csv"):
                got = file_pd(model, spec, table, Path(folder) / way)
            else:
                got = in_memory_pd(model, handed(draw, way, table))
        except RiskModelError as error:
            if "\n" in str(error):
                raise AssertionError(message) from error
            return Outcome(message, None, str(error).replace(str(folder), ""))
    return Outcome(message, float(np.abs(got - want).max()), None)


def model_on(model, spec, rows):
    if hasattr(model, "predict_proba"):
        return model.predict_proba(rows)[:, 1]
    return model.predict(rows if spec["library"] == "lightgbm" else xgboost.DMatrix(rows))
