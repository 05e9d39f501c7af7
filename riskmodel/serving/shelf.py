"""Several products in one process, by name: each is loaded when first asked for, and leaves when room is short."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from riskmodel.serving.decision import DecisionModel


@dataclass(eq=False)
class Shelf:
    """Models by the name of their product, the least recently asked for first.

    `most_bytes` is what the native files of those that are loaded may add up to; a single larger one is kept alone.
    A loaded model takes more memory than its file.
    """

    loaders: Mapping[str, Callable[[], DecisionModel]]
    most_bytes: int = 1 << 30
    _loaded: dict[str, DecisionModel] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def names(self) -> list[str]:
        """All products, loaded or not."""
        return list(self.loaders)

    def loaded(self) -> list[str]:
        """Those that are in memory."""
        return list(self._loaded)

    def at_hand(self, name: str) -> DecisionModel | None:
        """The model of a product if it is loaded, and from now on the most recently asked for. Raises: KeyError."""
        if name not in self.loaders:
            raise KeyError(name)
        with self._lock:
            model = self._loaded.pop(name, None)
            if model is not None:
                self._loaded[name] = model
        return model

    def get(self, name: str) -> DecisionModel:
        """The model of a product, loaded where need be, which takes a while. Raises: KeyError, RiskModelError."""
        model = self.at_hand(name)
        if model is not None:
            return model
        model = self.loaders[name]()  # outside of the lock: others are answered meanwhile
        with self._lock:
            self._loaded[name] = model
            self._make_room(name)
        return model

    def forget(self, name: str) -> None:
        """The product is loaded anew when it is next asked for: its alias names another version."""
        with self._lock:
            self._loaded.pop(name, None)

    def _make_room(self, kept: str) -> None:
        while len(self._loaded) > 1 and sum(model.file_bytes for model in self._loaded.values()) > self.most_bytes:
            oldest = next(name for name in self._loaded if name != kept)
            del self._loaded[oldest]
