"""What decides is a value: in the rooms that judge, cut, pack and score no dataclass can be changed once it is made."""

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest
from pydantic import BaseModel

ROOMS = ("bundle", "selection", "evaluation", "evaluation.change", "trees.edit", "batch")


def values(room):
    """The dataclasses and pydantic models that are written in a room."""
    package = import_module(f"riskmodel.{room}")
    parts = [import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__) if not one.ispkg]
    for module in (package, *parts):
        for item in vars(module).values():
            if isinstance(item, type) and item.__module__ == module.__name__:
                yield item


def is_frozen(item):
    return item.model_config.get("frozen") if issubclass(item, BaseModel) else item.__dataclass_params__.frozen


@pytest.mark.parametrize("room", ROOMS)
def test_no_value_of_a_room_that_decides_can_be_changed(room):
    made = [item for item in values(room) if is_dataclass(item) or issubclass(item, BaseModel)]
    assert made
    assert [item.__name__ for item in made if not is_frozen(item)] == []
