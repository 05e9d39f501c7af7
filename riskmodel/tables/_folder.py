"""A folder of parts: which files belong to it, what their folders' names say, and whether they are one table."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa

from riskmodel.errors import DataError
from riskmodel.tables._lines import check_names, in_one_line, opened

Keys = Mapping[str, str | None]

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def parts(path: Path) -> list[Path]:
    """The files of a folder in the order of their names, or the one file; names with . or _ in front are left out.

    Raises: DataError for a folder that is empty or cannot be read whole.
    """
    if not path.is_dir():
        return [path]
    paths = []
    with in_one_line(path):
        for folder, folders, files in os.walk(path, onerror=_raise):
            folders[:] = [name for name in folders if not name.startswith((".", "_"))]
            if links := [name for name in folders if (Path(folder) / name).is_symlink()]:
                raise DataError(f"{Path(folder) / links[0]}: a part must be a file, however: a link to a folder")
            paths += [Path(folder) / name for name in files if not name.startswith((".", "_"))]
    if not paths:
        raise DataError(f"{path}: the folder holds no table")
    return sorted(paths)


def _raise(error: OSError) -> None:
    raise error


def sha256_of(path: Path) -> str:
    """The checksum of a file, or of the names and checksums of a folder's parts; in bounded memory.

    Raises: DataError.
    """
    if path.is_dir():
        lines = (f"{sha256_of(part)}  {part.relative_to(path).as_posix()}\n" for part in parts(path))
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keys(part: Path, root: Path) -> Keys:
    """What the folders between root and part say: loans/year=2024/a.parquet has the year 2024. Raises: DataError."""
    if part == root:
        return {}
    pairs = [name.split("=", 1) for name in part.relative_to(root).parent.parts if "=" in name]
    check_names(part, [key for key, _ in pairs] or ["no keys"])
    return {key: None if value == _NO_VALUE else unquote(value) for key, value in pairs}


def key_types(several: Sequence[Keys]) -> dict[str, pa.DataType]:
    """Of each key: int64 where every part has a whole number without leading zeros, else text."""
    names = dict.fromkeys(name for keys in several for name in keys)
    given = {name: [keys.get(name) for keys in several] for name in names}
    whole = {name: all(v is None or _WHOLE.fullmatch(v) for v in values) for name, values in given.items()}
    return {name: pa.int64() if whole[name] else pa.string() for name in names}


def constant(value: str | None, kind: pa.DataType, rows: int) -> pa.Array:
    """A key as a column."""
    return pa.repeat(pa.scalar(value, pa.string()).cast(kind), rows)


def as_one(tables: Mapping[Path, pa.Table]) -> pa.Table:
    """The parts one below the other, in the order of the first one's columns.

    A column may be of several sizes of number, of several kinds of text, or missing throughout one part.

    Raises: DataError with the part that does not fit.
    """
    (first, model), *_ = tables.items()
    families = {field.name: _family(field.type) for field in model.schema}
    for part, table in tables.items():
        if odd := sorted(families.keys() ^ set(table.column_names)):
            lacking, holder = (first, part) if odd[0] in table.column_names else (part, first)
            raise DataError(f"{lacking}: must have the columns of all parts, however: no {odd[0]!r}, as {holder} has")
        for field in table.schema:
            family = _family(field.type)
            if None not in (family, families[field.name]) and family != families[field.name]:
                raise DataError(
                    f"{part}: column {field.name!r} must be {families[field.name]} as in the parts before, "
                    f"however: {field.type}"
                )
            families[field.name] = families[field.name] or family
    with in_one_line(first.parent):
        plain = [_without_dictionaries(table.select(model.column_names)) for table in tables.values()]
        return pa.concat_tables(plain, promote_options="permissive")


def _family(kind: pa.DataType) -> str | None:
    """Types of one family are one column; None fits all."""
    if pa.types.is_dictionary(kind):
        return _family(kind.value_type)
    if pa.types.is_null(kind):
        return None
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "a number"
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return "text" if is_text else str(kind)


def _without_dictionaries(table: pa.Table) -> pa.Table:
    """Parts have dictionaries of their own."""
    plain = [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema(plain))
