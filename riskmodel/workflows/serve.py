"""Serve a saved model over HTTP until it is told to end, and answer what has come till then."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import TYPE_CHECKING

from riskmodel import tracking
from riskmodel.errors import RiskModelError
from riskmodel.serving.body import Limits
from riskmodel.serving.decision import DecisionModel
from riskmodel.serving.shelf import Shelf
from riskmodel.serving.slot import Slot, watch
from riskmodel.workflows import model_resolver
from riskmodel.workflows.decide import load

if TYPE_CHECKING:
    import uvicorn

# Seconds that a thread may keep the interpreter from the requests: a list of 1,000 is decided in one, and for Python's
# own 5 ms at a time each request that comes meanwhile would wait.
TURN = 0.0005
Opening = Callable[[str], DecisionModel]
TOKEN = "RISKMODEL_TOKEN"  # noqa: S105 - the name of the variable


def serve(
    model: str,
    *,
    challenger: str | None = None,
    products: Mapping[str, str] | None = None,
    products_bytes: int = 1 << 30,
    store: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    log: Path | None = None,
    poll: float = 5.0,
    key: Path | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Answers POST /decide with a model's decisions; `challenger` is asked beside, after each answer has gone.

    `products` are models by name, answered below /products/NAME/decide: loaded when first asked for, and the least
    recently asked for leaves where their native files together have more than `products_bytes`.
    The variable RISKMODEL_TOKEN, where it is set, is what every request must bear. `log` is the file of decisions.
    `ready` is called once the models are open.
    The version behind an alias is asked for every `poll` seconds, and another one is loaded beside before it answers.
    With a public `key`, its holder must have signed each model; the old one goes on where a new one is not signed so.
    Raises: RiskModelError, also for an address beyond this machine without a token; KeyboardInterrupt where a signal
    ended it, once the requests that had come were answered.
    """
    token = os.environ.get(TOKEN) or None
    if token is None and not _is_loopback(host):
        raise RiskModelError(
            f"{host}: a service beyond this machine must have a token in {TOKEN}, however: none is set"
        )
    import uvicorn

    from riskmodel.serving.app import Service
    from riskmodel.serving.decision_log import DecisionLog
    from riskmodel.serving.http_protocol import fastest

    if kept := DecisionLog(log) if log else None:
        kept.check()
    opening = partial(load, store=store, key=key)
    shelf = Shelf({name: partial(opening, at) for name, at in (products or {}).items()}, products_bytes)
    with ExitStack() as watched:
        slot = watched.enter_context(_kept_current(model, opening, store, poll))
        shadow = watched.enter_context(_kept_current(challenger, opening, store, poll)) if challenger else None
        for name, at in (products or {}).items():
            checked = partial(model_resolver.opened, store=store, key=key)
            watched.enter_context(_kept_fresh(shelf, name, at, checked, store, poll))
        service = Service(slot, shadow, limits, token, kept, shelf)
        settings = {"log_level": "warning", "access_log": False, "timeout_keep_alive": 5, "ws": "none"}
        watched.callback(service.close)
        watched.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(TURN)
        place = watched.enter_context(_listening(host, port))
        ready()
        config = uvicorn.Config(service.app, host=host, port=port, http=fastest(), **settings)  # type: ignore[arg-type]
        _run(uvicorn.Server(config), place)


def _listening(host: str, port: int) -> socket.socket:
    """Raises: RiskModelError for an address that another program has, or that is not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or str(error)
        why = said.partition(" (while")[0]  # Python adds the address
        raise RiskModelError(f"{host}:{port}: cannot be listened at: {why}") from error


def _run(server: uvicorn.Server, place: socket.socket) -> None:
    try:
        with _hung_up(server):
            server.run([place])
    except KeyboardInterrupt as error:
        error.args = ("the requests that had come were answered",)
        raise
    if not server.started:
        raise RiskModelError(f"{server.config.host}:{server.config.port}: the service could not be started")


@contextmanager
def _hung_up(server: uvicorn.Server) -> Iterator[None]:
    """SIGHUP ends it as SIGTERM does, which uvicorn itself heeds, where it is not ignored."""
    handler = signal.getsignal(signal.SIGHUP)
    if not callable(handler) or current_thread() is not main_thread():
        yield
        return
    came = Event()

    def end(_number: int, _frame: object) -> None:
        came.set()
        server.should_exit = True

    signal.signal(signal.SIGHUP, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, handler)
    if came.is_set():
        signal.raise_signal(signal.SIGHUP)


@contextmanager
def _kept_current(model: str, opening: Opening, store: str | None, seconds: float) -> Iterator[Slot]:
    """A slot with the model, in which another is put whenever its alias is switched."""
    if not tracking.is_address(model) or "@" not in model:
        yield Slot(opening(model))
        return
    runs = tracking.existing(store or tracking.DEFAULT_URI)
    now = _version(runs, model)
    slot, end = Slot(opening(now)), Event()
    asked = partial(_version, runs, model)
    watching = partial(watch, slot, asked, opening, _tell, now=now, seconds=seconds, end=end)
    thread = Thread(target=watching, daemon=True)
    thread.start()
    try:
        yield slot
    finally:
        end.set()
        thread.join()


@contextmanager
def _kept_fresh(  # noqa: PLR0917
    shelf: Shelf, name: str, model: str, checked: Callable[[str], object], store: str | None, seconds: float
) -> Iterator[None]:
    """Lets a product be loaded anew whenever its alias is switched."""
    if not tracking.is_address(model) or "@" not in model:
        yield
        return
    asked = partial(_version, tracking.existing(store or tracking.DEFAULT_URI), model)
    end = Event()
    thread = Thread(target=_forget_old, args=(shelf, name, asked, checked, seconds, end), daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _forget_old(  # noqa: PLR0917
    shelf: Shelf, name: str, asked: Callable[[], str], checked: Callable[[str], object], seconds: float, end: Event
) -> None:
    now = None
    while True:
        try:
            wanted = asked()
            if now is not None and wanted != now:
                checked(wanted)
                shelf.forget(name)
            now = wanted
        except (RiskModelError, OSError) as error:
            _tell(f"{name} stays: {error}")
        if end.wait(seconds):
            return


def _version(runs: tracking.Store, alias: str) -> str:
    """The version that an alias names now, as an address. Raises: RiskModelError."""
    name, number = tracking.registered_at(runs, alias) or (alias, "")
    return f"models:/{name}/{number}"


def _tell(line: str) -> None:
    print(f"riskmodel: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a service has no other voice


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
