"""Both readers against damaged files: always one of our errors or a correct model, never a crash or a hang.

What a reader accepts, our writer writes again, and the library itself must load that and agree, or refuse it cleanly.
A library that aborts takes its process along, so that half runs in a process of its own: this file as a script.
RISKMODEL_FUZZ sets how many files a format: 34000 make 100,000 in all, which take about ten minutes.
"""

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from riskmodel.errors import RiskModelError
from riskmodel.scorers import open_native
from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.lgbm import writer as lgbm_writer
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.scorers.xgb import ubjson
from riskmodel.scorers.xgb import writer as xgb_writer

FILES = int(os.environ.get("RISKMODEL_FUZZ", "1000"))
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}
ODD = ["nan", "inf", "-inf", "-1", "0", "1", "2", "7", "1e308", "1e999", "1e-320", "2147483647", "2147483648"]
ODD += ["-2147483649", "4294967295", "9223372036854775808", "9" * 30, "0.5", "", "x", "1_0", " ", "\u0661"]
VALUES = [None, True, -1, 0, 1, 3, 2**24, 2**31, 2**40, 2**64, 0.5, 1e39, -1e39, float("nan"), "x", "-1", "nan", [], {}]


def frame(rows=160):
    draw = np.random.default_rng(0)
    levels = pd.Categorical(draw.choice(["boat", "car", "debt"], rows), categories=["debt", "boat", "car"])
    table = pd.DataFrame({"a": draw.normal(size=rows), "b": levels, "c": draw.integers(0, 40, rows).astype(float)})
    table.loc[::9, "a"] = np.nan
    outcome = (table["a"].fillna(0) + (table["b"] == "boat") + table["c"] % 3 + draw.normal(size=rows) > 1.5).astype(
        int
    )
    return table, outcome


def lgbm_files():
    table, outcome = frame()
    small = {"objective": "binary", "verbose": -1, "num_leaves": 5, "min_data_in_leaf": 5, "min_data_per_group": 5}
    for settings in ({}, {"boosting": "dart"}, {"monotone_constraints": [1, 0, 0], "zero_as_missing": True}):
        data = lightgbm.Dataset(table, outcome)
        yield lightgbm.train({**small, **settings}, data, 3).model_to_string().encode()


def xgb_files(form):
    table, outcome = frame()
    codes = table.assign(b=table["b"].cat.codes).to_numpy(float)
    named = xgboost.DMatrix(table, outcome, enable_categorical=True)
    plain = xgboost.DMatrix(codes, outcome, feature_types=["q", "c", "q"], enable_categorical=True)
    for data, settings in ((named, {}), (plain, {}), (named, {"booster": "dart", "rate_drop": 0.5})):
        booster = xgboost.train({"objective": "binary:logistic", "max_depth": 2, **settings}, data, 3)
        yield bytes(booster.save_raw(form))


def flipped(content, draw):
    content = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 8])):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def truncated(content, draw):
    start = draw.choice([0, 0, 0, draw.randrange(len(content))])
    return content[start : draw.randrange(len(content))]


def doubled(content, draw):
    start = draw.randrange(len(content))
    stop = start + draw.randrange(1, 200)
    return content[:stop] + content[start:stop] + content[stop:]


def number_changed(content, draw):
    result = list(re.finditer(rb"-?\d[\d.e+-]*", content))
    place = draw.choice(result)
    new = draw.choice([draw.choice(ODD).encode(), bytes(draw.choice(b"0123456789-.") for _ in place[0])])
    return content[: place.start()] + new + content[place.end() :]


def lines_changed(content, draw):
    lines = content.split(b"\n")
    i, j = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.randrange(4)
    if kind == 0:
        del lines[i]
    elif kind == 1:
        lines.insert(j, lines[i])
    elif kind == 2:
        lines[i], lines[j] = lines[j], lines[i]
    else:
        words = lines[i].split(b" ")
        draw.shuffle(words)
        lines[i] = b" ".join(words)
    return b"\n".join(lines)


def places(document):
    """Each holder and key in a document; a tree's numbers are most of them."""
    for key in list(document) if isinstance(document, dict) else range(len(document)):
        yield document, key
        if isinstance(document[key], (dict, list)):
            yield from places(document[key])


def value_changed(content, draw):
    binary = ubjson.is_ubjson(content)
    document = ubjson.loads(content) if binary else json.loads(content)
    holder, key = draw.choice(list(places(document)))
    kind = draw.randrange(9)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(key, holder[draw.randrange(len(holder))])
    elif kind == 2 and isinstance(holder[key], str):
        holder[key] = draw.choice(ODD)
    elif kind > 2 and isinstance(holder[key], (int, float)):
        holder[key] += draw.choice([-1, 1, 2, 0.25, 1e-3 * holder[key], 7.5 * holder[key], -2 * holder[key]])
    else:
        holder[key] = draw.choice(VALUES)
    return ubjson.dumps(document) if binary else json.dumps(document).encode()


RAW = [flipped, truncated, doubled]
FORMATS = {
    "lgbm": (lgbm_files, [*RAW, number_changed, number_changed, number_changed, lines_changed, lines_changed]),
    "json": (lambda: xgb_files("json"), [*RAW, number_changed, number_changed, *[value_changed] * 4]),
    "ubj": (lambda: xgb_files("ubj"), [*RAW, *[value_changed] * 3]),
}


def damaged(name, count, seed=0):
    """So many damaged files of one format; the same seed gives the same ones."""
    make, changes = FORMATS[name]
    draw, originals = random.Random(seed), list(make())
    for _ in range(count):
        content = draw.choice(originals)
        for _ in range(draw.choice([1, 1, 1, 2, 3])):
            try:
                content = draw.choice(changes)(content, draw)
            except (ValueError, KeyError, TypeError, IndexError, OverflowError, StopIteration):
                continue  # what is already broken cannot be changed in this way
        yield content


def rows_of(columns):
    """Rows with all that is odd, for a model of so many columns."""
    draw = np.random.default_rng(1)
    rows = np.zeros((12 if columns < 1000 else 1, columns))
    known = min(columns, 8)
    rows[:, :known] = draw.normal(size=(len(rows), known)).round(1) * draw.choice([0, 1, 3, 20], (len(rows), known))
    rows[:, :known][draw.random((len(rows), known)) < 0.2] = np.nan
    return rows


def reread(name, content):
    """The margins of what our reader makes of a file, and our own file of it. Raises: RiskModelError."""
    if name == "lgbm":
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise RiskModelError("not a text") from error
        ensemble, around = lgbm_reader.read(text)
        written = lgbm_writer.write(ensemble, around)
    else:
        ensemble, around = xgb_reader.read(content)
        written = xgb_writer.write(ensemble, around).decode()
    margins = ensemble.margins(rows_of(ensemble.n_features))
    assert not np.isnan(margins).any()
    return margins, written


@contextmanager
def at_most(seconds):
    def late(*_):
        raise AssertionError(f"a file took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_refused_or_read_as_the_library_reads_it(name, tmp_path):
    accepted, refused, lines = {}, 0, set()
    for content in damaged(name, FILES):
        try:
            with at_most(10):
                margins, written = reread(name, content)
        except RiskModelError as error:
            lines.add(str(error).count("\n"))
            refused += 1
        else:
            accepted[written] = margins.tolist()
    assert refused > FILES / 10
    assert lines == {0}
    assert len(accepted) > 3  # or nothing below is tested
    file = tmp_path / "accepted.json"
    file.write_text(json.dumps(list(accepted.items())))
    done = subprocess.run(
        [sys.executable, __file__, name, file], capture_output=True, text=True, check=False, env=ONE_THREAD
    )
    last = done.stdout.splitlines()[-1:] or ["nothing"]
    assert done.returncode == 0, f"{last[0]}: {done.stderr[-500:]}"
    loaded, clean = json.loads(last[0])
    print(f"{name}: {FILES} files, {refused} refused; {len(accepted)} different ones accepted, {clean} of them refused")
    assert loaded > 0.5 * len(accepted)


def agree(name, written, margins):
    """Whether the library loads our file; it must then compute our margins."""
    try:
        if name == "lgbm":
            booster = lightgbm.Booster(model_str=written)
            theirs = booster.predict(rows_of(booster.num_feature()), raw_score=True)
        else:
            booster = xgboost.Booster()
            booster.load_model(bytearray(written.encode()))
            rows = rows_of(booster.num_features())
            theirs = booster.inplace_predict(rows, predict_type="margin", validate_features=False)
    except (lightgbm.basic.LightGBMError, xgboost.core.XGBoostError, json.JSONDecodeError):
        return False
    tolerance, size = (1e-9, 1.0) if name == "lgbm" else (1e-5, 1.0)
    scale = max(size, *(abs(value) for value in largest(name, written)))
    if scale < 1e30:
        np.testing.assert_allclose(theirs, margins, rtol=0, atol=tolerance * scale)
    return True


def largest(name, written):
    """The largest leaf of each tree, by which rounding errors are measured."""
    read = lgbm_reader.read(written) if name == "lgbm" else xgb_reader.read(written.encode())
    return [float(np.abs(tree.value).max()) for tree in read[0].trees] + [read[0].intercept]


def main(name, file):
    warnings.simplefilter("ignore")
    resource.setrlimit(
        resource.RLIMIT_AS, (4 << 30, 4 << 30)
    )  # a size without bounds is an error here, not a full machine
    accepted = json.loads(Path(file).read_text())
    loaded = 0
    for i, (written, margins) in enumerate(accepted):
        print(i, flush=True)
        loaded += agree(name, written, margins)
        Path(file).write_text(written)
        with suppress(RiskModelError):
            open_native(file)
    print(json.dumps([loaded, len(accepted) - loaded]))


if __name__ == "__main__":
    main(*sys.argv[1:])
