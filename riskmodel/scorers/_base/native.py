"""Opens a LightGBM or XGBoost model that somebody else trained.

The file is read by our own readers, whole, before any library sees it, and the library is then given what our writers
make of it. A file that can hold code (a pickle) is refused by its first bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.core import Calibration, Column, Kind
from riskmodel.errors import BundleError, UnsupportedScorer

if TYPE_CHECKING:
    from riskmodel.scorers._base.boosting import BoosterScorer
    from riskmodel.scorers.lgbm.reader import Frame as LgbmFrame
    from riskmodel.scorers.xgb.reader import Frame as XgbFrame
    from riskmodel.trees import TreeEnsemble

Levels = Mapping[str, Sequence[Any]]
CODES = 256  # how many codes a category has at least where the file names only some of them
MOST_CODES = 1 << 17
FOREIGN = {
    b"\x80": "a pickle, which can run code; save the booster itself with save_model",
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive, which may hold a pickle",
    b"\x78": "compressed by joblib, which may hold a pickle; save the booster itself with save_model",
    b"\x08": "an ONNX model, which does not keep what pruning needs",
    b"PAR1": "a Parquet table",
    b"binf": "XGBoost's old binary format; load and save it again with XGBoost 2 as JSON",
    b"CONFIG": "an XGBoost snapshot; save the model itself with save_model",
}


def open_native(path: Path | str, levels: Levels | None = None) -> BoosterScorer:
    """A LightGBM text, XGBoost JSON or UBJSON file as a scorer of its own feature names, with the default recipe.

    A column that the model splits by category is categorical: its levels are those that the file carries (pandas), or
    `levels` by column name in the order of their codes, or else the codes themselves as numbers. Monotone directions
    are LightGBM's; an XGBoost file does not tell them. All trees are used, as `Booster.predict` does.

    Raises: BundleError for what is damaged or no such file, UnsupportedScorer for another kind of model or one whose
    categories the file does not tell.
    """
    path = Path(path)
    content = _content(path)
    try:
        return _lgbm(content, levels or {}) if content.startswith(b"tree") else _xgb(content, levels or {})
    except (BundleError, UnsupportedScorer) as error:
        raise type(error)(f"{path}: {error}") from error


def _content(path: Path) -> bytes:
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise BundleError(f"{path}: must be a LightGBM or XGBoost model file, however: it is {what}")
    content = path.read_bytes()
    if content.startswith(b"tree") or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return content
    found = [what for start, what in FOREIGN.items() if content.startswith(start)]
    raise BundleError(
        f"{path}: must be a LightGBM text or an XGBoost JSON or UBJSON file, however: it is "
        f"{found[0] if found else 'something else' if content else 'empty'}"
    )


def _loaded(scorer: BoosterScorer, *refusals: type[Exception]) -> BoosterScorer:
    """What our reader lets pass and the library does not understand (an odd parameter) is told now, in one line."""
    try:
        scorer.native_margin(np.zeros((1, len(scorer.features))))
    except refusals as error:
        first = (str(error).splitlines() or [repr(error)])[0]
        raise BundleError(f"{scorer.kind} cannot load it: {first[:200]}") from error
    return scorer


def _lgbm(content: bytes, levels: Levels) -> BoosterScorer:
    from lightgbm.basic import LightGBMError

    from riskmodel.scorers.lgbm import LgbmRecipe, LgbmScorer, reader, writer

    try:
        ensemble, frame = reader.read(content.decode())
    except UnicodeDecodeError as error:
        raise BundleError(f"the LightGBM text is damaged: {error}") from error
    told = _lgbm_levels(ensemble, frame, levels)
    columns = _columns(frame.names, {**told, **_by_place(levels, frame.names)}, frame.monotone)
    scorer = LgbmScorer(columns, Calibration(), writer.write(ensemble, frame).encode(), LgbmRecipe(search=0), 0)
    return _loaded(scorer, LightGBMError, ValueError)


def _lgbm_levels(ensemble: TreeEnsemble, frame: LgbmFrame, levels: Levels) -> dict[int, Sequence[Any]]:
    """The levels of each column that is categorical; pandas' lists stand in the order of their columns."""
    seen = {i: [int(code) for code in info.split(":")] for i, info in enumerate(frame.infos) if _listed(info)}
    split = _largest(ensemble)
    asked = frame.parameters.get("categorical_feature", "")
    asked_for = [int(text) for text in asked.split(",")] if re.fullmatch(r"\d{1,9}(,\d{1,9})*", asked) else []
    codes = {i: range(max([split.get(i, 0), *seen.get(i, [])]) + 1) for i in {*split, *seen}}
    if not (lists := frame.pandas_categorical):
        return dict(codes)
    for places in (asked_for, sorted(codes)):
        told: dict[int, Sequence[Any]] = dict(zip(places, lists, strict=False))
        fits = all(len(codes.get(place, ())) <= len(listed) for place, listed in told.items())
        if len(told) == len(lists) == len(places) and max(places) < len(frame.names) and fits:
            return told
    _refuse_untold((frame.names[place] for place in sorted(codes)), levels)
    return {}


def _listed(info: str) -> bool:
    return re.fullmatch(r"-?\d{1,9}(:-?\d{1,9})*", info) is not None


def _largest(ensemble: TreeEnsemble) -> dict[int, int]:
    """The largest code that some split lists, by column that is split by category."""
    found: dict[int, int] = {}
    for tree in ensemble.trees:
        for feature, listed in zip(tree.feature.tolist(), tree.sets, strict=True):
            if listed is not None:
                found[feature] = max(found.get(feature, 0), *listed, 0)
    return found


def _refuse_untold(names: Iterable[str], levels: Levels) -> None:
    for name in names:
        if name not in levels:
            raise UnsupportedScorer(
                f"column {name!r} is split by category, and the file does not tell its levels: give them in code order"
            )


def _xgb(content: bytes, levels: Levels) -> BoosterScorer:
    from riskmodel.scorers.xgb import XgbRecipe, XgbScorer, reader, writer

    ensemble, frame = reader.read(content)
    names = frame.names or tuple(f"f{i}" for i in range(ensemble.n_features))
    told = _xgb_levels(ensemble, frame, levels)
    columns = _columns(names, {**told, **_by_place(levels, names)}, ())
    scorer = XgbScorer(columns, Calibration(), writer.write(ensemble, frame), XgbRecipe(search=0), 0)
    return _loaded(scorer, ValueError)


def _xgb_levels(ensemble: TreeEnsemble, frame: XgbFrame, levels: Levels) -> dict[int, Sequence[Any]]:
    """Those of the document, or the codes where it was trained on a matrix, which has no names.

    A named model without levels was trained on a frame by XGBoost before 3.1, or was sliced, which loses them: its
    codes mean nothing without the frame, and a guess would be wrong in silence.
    """
    split = _largest(ensemble)
    told: dict[int, Sequence[Any]] = {i: found for i, found in enumerate(frame.levels) if found}
    untold = [i for i in split if i not in told]
    if frame.names:
        _refuse_untold((frame.names[i] for i in untold), levels)
    categories = {i: () for i, kind in enumerate(frame.types) if kind == "c"}
    return {**categories, **{i: range(max(split[i] + 1, CODES)) for i in untold}, **told}


def _by_place(levels: Levels, names: Sequence[str]) -> dict[int, Sequence[Any]]:
    if unknown := sorted(set(levels) - set(names)):
        raise UnsupportedScorer(f"levels are given for {unknown[0]!r}, which is not a feature of the model")
    return {names.index(name): given for name, given in levels.items()}


def _columns(names: Sequence[str], levels: Mapping[int, Sequence[Any]], monotone: Sequence[int]) -> tuple[Column, ...]:
    if len(set(names)) < len(names):
        raise UnsupportedScorer("feature names must differ, however: one stands twice")
    directions = monotone or [0] * len(names)
    return tuple(
        Column(name, kind=Kind.CATEGORICAL, categories=_texts(name, levels[i]), monotone=direction)
        if i in levels
        else Column(name, monotone=direction)
        for i, (name, direction) in enumerate(zip(names, directions, strict=True))
    )


def _texts(name: str, levels: Sequence[Any]) -> tuple[str, ...]:
    """As a table's values are spelt when they are looked up: 2 and 2.0 are "2"."""
    if len(levels) > MOST_CODES:
        raise UnsupportedScorer(f"column {name!r} must have at most {MOST_CODES} levels, however: {len(levels)}")
    texts = tuple(_text(level) for level in levels)
    if len(set(texts)) < len(texts) or "" in texts:
        raise UnsupportedScorer(f"the levels of column {name!r} must differ as text, and none be blank")
    return texts


def _text(level: Any) -> str:
    text = str(level).lower() if isinstance(level, bool) else str(level)
    return re.sub(r"^(-?[0-9]+)\.0+$", r"\1", text)
