"""The policy of thresholds: read from a versioned TOML whose hash goes into every report.

Each number names its source, or says convention. A bank writes its own file; nothing falls back to ours unseen.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskmodel.core.evidence import Threshold
from riskmodel.errors import ConfigError

STANDARD = Path(__file__).with_name("thresholds.toml")
Source = Annotated[str, Field(min_length=4)]


@dataclass(frozen=True)
class Thresholds:
    """All thresholds and settings of one file, by name."""

    version: str
    sha256: str
    by_name: Mapping[str, Threshold]
    settings: Mapping[str, float]
    sources: Mapping[str, str]  # of the settings

    def __getitem__(self, name: str) -> Threshold:
        """Raises: ConfigError for a name that the file lacks."""
        if name not in self.by_name:
            raise ConfigError(f"thresholds {self.version}: {name} is missing")
        return self.by_name[name]

    def setting(self, name: str) -> float:
        """Raises: ConfigError for a name that the file lacks."""
        if name not in self.settings:
            raise ConfigError(f"thresholds {self.version}: settings.{name} is missing")
        return self.settings[name]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Setting(_Strict):
    value: Annotated[float, Field(ge=0)]
    source: Source


class _Threshold(_Strict):
    attention: float
    fail: float
    worse: Literal["above", "below", "away"]
    source: Source
    target: float = 0.0

    @model_validator(mode="after")
    def _fails_beyond_attention(self) -> Self:
        beyond = self.fail <= self.attention if self.worse == "below" else self.fail >= self.attention
        if not beyond or (self.worse == "away" and self.attention < 0):
            raise ValueError(f"fail must lie beyond attention, however: {self.fail:g} and {self.attention:g}")
        return self


class _File(_Strict):
    version: Annotated[str, Field(min_length=1)]
    settings: dict[str, _Setting]
    thresholds: dict[str, _Threshold]


@cache
def standard() -> Thresholds:
    """The thresholds that come with the package."""
    return read(STANDARD)


def read(path: Path) -> Thresholds:
    """The thresholds of a TOML file. Raises: ConfigError, with the path of the first key that is wrong."""
    try:
        text = path.read_bytes()
        result = _File.model_validate(tomllib.loads(text.decode("utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where, said = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
        raise ConfigError(f"{path}: {where}: {said}") from error
    return Thresholds(
        version=result.version,
        sha256=hashlib.sha256(text).hexdigest(),
        by_name={name: Threshold(name, **entry.model_dump()) for name, entry in result.thresholds.items()},
        settings={name: entry.value for name, entry in result.settings.items()},
        sources={name: entry.source for name, entry in result.settings.items()},
    )
