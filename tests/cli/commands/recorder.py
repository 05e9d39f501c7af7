"""In the place of a workflow: what it was called with, and an answer that was agreed on."""

from typing import Any


class Recorder:
    """A function that remembers."""

    def __init__(self, answer: Any = None) -> None:
        self.answer, self.calls = answer, []

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls.append((arguments, named))
        return self.answer(*arguments, **named) if callable(self.answer) else self.answer

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Of the only call, by place."""
        [(arguments, _)] = self.calls
        return arguments

    @property
    def named(self) -> dict[str, Any]:
        """Of the only call, by name."""
        [(_, named)] = self.calls
        return named


def recorded(monkeypatch: Any, target: str, answer: Any = None) -> Recorder:
    """Puts a recorder in the place of a function."""
    made = Recorder(answer)
    monkeypatch.setattr(target, made)
    return made
