"""Opens a LightGBM, XGBoost or CatBoost model that somebody else trained.

The file is read by our own readers, whole, before any library sees it here; a text of LightGBM before 4 is first put
into today's format by the library, in a process of its own, and a `cbm` into CatBoost's JSON by CatBoost. A file that
can hold code (a pickle) is refused by its first bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from riskmodel import limits
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import CBM, is_catboost
from riskmodel.scorers.foreign.model import AS_SAVED, ForeignModel, Levels, ModelSettings

if TYPE_CHECKING:
    from riskmodel.scorers.base.boosting import BoosterScorer


class Reader(Protocol):
    """A module that reads the files of one library."""

    def opened(self, content: bytes, settings: ModelSettings) -> ForeignModel: ...


CONVERT = (
    "pip install 'xgboost==1.7.6' and, there, python -c "
    "\"import xgboost; xgboost.Booster(model_file='old').save_model('new.json')\""
)
FOREIGN = {
    b"\x80": "a pickle, which can run code; save the booster itself with save_model",
    b"PK": "a zip archive",
    b"\x1f\x8b": "a gzip archive, which may hold a pickle",
    b"ccopy": "a pickle, which can run code; save the booster itself with save_model",
    b"BZh": "compressed by bzip2, which may hold a pickle",
    b"\xfd7zXZ": "compressed by xz, which may hold a pickle",
    b"\x5d\x00\x00": "compressed by lzma, which may hold a pickle",
    b"\x78": "compressed by joblib, which may hold a pickle; save the booster itself with save_model",
    b"\x08": "an ONNX model, which does not keep what pruning needs",
    b"PAR1": "a Parquet table",
    b"binf": f"XGBoost's old binary format, of 1.1 to 2.0; to convert it: {CONVERT}",
    b"\x00\x00\x00\x3f": f"XGBoost's old binary format, of 1.0 or before; to convert it: {CONVERT}",
    b"CONFIG": "an XGBoost snapshot; save the model itself with save_model",
}


def open_native(path: Path | str, levels: Levels | None = None) -> BoosterScorer:
    """A model file of LightGBM, XGBoost or CatBoost as a scorer of its own feature names, with the default recipe.

    `open_model` with nothing but levels: an early-stopped XGBoost model has the trees up to its best iteration.

    Raises: BundleError for what is damaged or no such file, UnsupportedScorer for another kind of model or one whose
    categories the file does not tell.
    """
    return open_model(path, ModelSettings(levels=levels or {})).scorer


def open_model(path: Path | str, settings: ModelSettings = AS_SAVED) -> ForeignModel:
    """A file as a scorer, with the library's own answer beside it.

    A column that the model splits by category is categorical: its levels are those that the file carries (pandas), or
    those of the settings, or else the codes themselves as numbers.

    Parameters
    ----------
    path
        A LightGBM text (2.0 or later), an XGBoost JSON or UBJSON document (1.0 or later), or CatBoost's JSON or `cbm`.
    settings
        What the file lost.

    Returns
    -------
    The model; its scorer's features stand in the file's order.

    Raises
    ------
    BundleError for what is damaged or no such file, UnsupportedScorer for another kind of model or one whose categories
    nothing tells.
    """
    path = Path(path)
    content = content_of(path)
    with _named(path):
        return opened(content, settings)


def opened(content: bytes, settings: ModelSettings) -> ForeignModel:
    """The same from bytes. Raises: BundleError, UnsupportedScorer."""
    model = _reader(content).opened(content, settings)
    _load(model.scorer)
    return model


def _reader(content: bytes) -> Reader:
    if is_catboost(content):
        from riskmodel.scorers.foreign.catboost_file import opening as catboost_opening

        return catboost_opening
    from riskmodel.scorers.foreign import lgbm_text, xgb_document

    return lgbm_text if content.startswith(b"tree") else xgb_document


def library_of(path: Path) -> str:
    """Whose file it is by its first bytes: lgbm, xgb or catboost. Raises: BundleError for none of them."""
    content = content_of(path)
    return "catboost" if is_catboost(content) else "lgbm" if content.startswith(b"tree") else "xgb"


def category_names(path: Path) -> tuple[str, ...]:
    """The categories of which a file keeps no levels, as CatBoost's does. Raises: BundleError, UnsupportedScorer."""
    content = content_of(path)
    if not is_catboost(content):
        return ()
    from riskmodel.scorers.foreign.catboost_file import opening as catboost_opening

    with _named(path):
        return catboost_opening.category_names(content)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """What is raised begins with the path."""
    try:
        yield
    except (BundleError, UnsupportedScorer) as error:
        raise type(error)(f"{path}: {error}") from error


def content_of(path: Path) -> bytes:
    """The bytes of a model file. Raises: BundleError for what is none by its first bytes."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise BundleError(f"{path}: must be a LightGBM, XGBoost or CatBoost model file, however: it is {what}")
    limits.check("model_bytes", path.stat().st_size, path, BundleError)
    content = path.read_bytes()
    limits.check("trees", max(content.count(b"\nTree="), content.count(b'tree_param"')), path, BundleError)
    _, _, listed = content.rpartition(b"\npandas_categorical:")
    limits.check("level_bytes", len(listed) if content.startswith(b"tree") else 0, path, BundleError)
    if content.startswith((b"tree", CBM)) or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return content
    known = [what for start, what in FOREIGN.items() if content.startswith(start)]
    raise BundleError(
        f"{path}: must be a LightGBM text, an XGBoost JSON or UBJSON or a CatBoost file, however: it is "
        f"{known[0] if known else 'something else' if content else 'empty'}"
    )


def _load(scorer: BoosterScorer) -> None:
    """What our reader lets pass and the library does not understand (an odd parameter) is told now, in one line."""
    from lightgbm.basic import LightGBMError

    try:
        scorer.native_margin(np.zeros((1, len(scorer.features))))
    except (LightGBMError, ValueError) as error:
        first = (str(error).splitlines() or [repr(error)])[0]
        raise BundleError(f"{scorer.kind} cannot load it: {first[:200]}") from error
