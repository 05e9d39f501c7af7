"""SIGTERM and SIGHUP end a run as Ctrl-C does: what it was making is cleared away, and the exit code says which it was.

`docker stop`, Kubernetes and systemd send SIGTERM; a lost terminal sends SIGHUP. Give a container a grace period of
some seconds: a call of a library that is under way is finished first.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)
_AGAIN = 0.01  # seconds


class Stopped(KeyboardInterrupt):
    """The run was asked to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def listen() -> None:
    """Turns the signals into `Stopped`, but for one that is ignored already, as `nohup` wishes."""
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)
    sys.unraisablehook = _once_more


def exit_code(error: BaseException) -> int:
    """128 and the signal's number, as shells have it: 143 SIGTERM, 129 SIGHUP, 130 Ctrl-C."""
    return 128 + (error.number if isinstance(error, Stopped) else signal.SIGINT)


def _stop(number: int, _frame: FrameType | None) -> None:
    for other in _ENDING:  # a second one would come in the middle of the clearing away
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def _once_more(lost: sys.UnraisableHookArgs) -> None:
    """An end that fell into a destructor or a collector's callback, where Python drops it, is raised a moment later."""
    error = lost.exc_value
    if not isinstance(error, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise error

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, _AGAIN)
