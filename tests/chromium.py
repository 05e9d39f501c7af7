"""A headless Chromium that is driven through its own pipe (DevTools protocol): no driver and no port."""

import base64
import json
import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--lang=en-US",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    # A mouse that can hover, as a desktop has: charts show their buttons under it alone.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
)  # fmt: skip


def until(true, seconds=120):
    """Waits for what raises no OSError any more and is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            if true():
                return
        time.sleep(0.3)
    raise TimeoutError("it did not come about")


class Page:
    """One page of a browser that lives as long as the `with`."""

    def __init__(self, folder: Path, width=1440, height=900):
        self.size = (width, height)
        self._folder = folder
        self._number = 0
        self.errors = []

    def __enter__(self):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        command = [PROGRAM, *QUIET, f"--user-data-dir={self._folder}", "--remote-debugging-pipe", "about:blank"]
        self._browser = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", *command],
            pass_fds=(to_browser, from_browser), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._session = None
        target = next(t for t in self._ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        self._ask("Page.enable")
        self._ask("Runtime.enable")
        width, height = self.size
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        return self

    def __exit__(self, *_):
        try:
            self._session = None
            self._ask("Browser.close")
        finally:
            self._browser.kill()
            self._browser.wait(20)
            os.close(self._out)
            os.close(self._in)

    def _ask(self, method, **params):
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"].get("text", ""))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self):
        while b"\0" not in self._buffer:
            got = os.read(self._in, 1 << 20)
            if not got:
                raise RuntimeError("the browser is gone")
            self._buffer += got
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def on_paper(self):
        """All pages as they are printed, the window as wide as the paper."""
        self._ask("Emulation.setEmulatedMedia", media="print")

    def open(self, address):
        self._ask("Page.navigate", url="about:blank")  # else an address of the same page loads nothing
        self.errors.clear()
        self._ask("Page.navigate", url=address)

    def ask(self, script):
        """What a JavaScript expression is worth."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return answer["result"].get("value")

    def wait(self, script, seconds=150):
        """Until a JavaScript expression is true."""
        end = time.monotonic() + seconds
        while not (value := self.ask(script)):
            if time.monotonic() > end:
                raise TimeoutError(f"{script}: still {value!r}")
            time.sleep(0.2)
        return value

    def picture(self, path):
        path.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"]))
