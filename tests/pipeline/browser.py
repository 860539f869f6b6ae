"""Headless Chromium that is logged in to the web server, and goes from page to page.

Belongs here: finding and driving the browser. Does not belong here: what its pages must show.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.pipeline.web import until

SECONDS = 120
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1500,1400")
_TEXT = "document.body ? document.body.innerText : ''"
# What is still loading turns or shimmers.
_MOVING = "document.getAnimations().filter(animation => animation.playState === 'running').length"
# A label, the position of the wanted button from the one with that label.
_CLICK = """(() => {
  const buttons = [...document.querySelectorAll("button, a")];
  const found = buttons.findIndex(button => button.innerText.trim().startsWith(%s));
  const button = found < 0 ? null : buttons[found + %d];
  if (button) button.click();
  return Boolean(button);
})()"""
JOINER = "\u2060"
"""An invisible sign that keeps words on one line; the text of a page comes without it."""


def chromium() -> str:
    """Return the program; without one, skip the test and say so, or fail it on CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if found := next(filter(None, map(shutil.which, names)), None):
        return found
    missing = "NO CHROMIUM: nobody has tried the web interface in a browser. Install the package chromium."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@dataclass
class Browser:
    """One page of a browser, by the DevTools protocol."""

    socket: ClientConnection
    address: str
    """The web server, without a path."""
    calls: int = 0

    def open(self, path: str, *words: str) -> str:
        """Go to a page of the web server, wait until it shows all words, and return its text."""
        self._call("Page.navigate", url=self.address + path)
        return self.read(*words)

    def read(self, *words: str) -> str:
        """Wait until the page shows all words, and return its text."""
        shown = ""

        def has_all() -> str | None:
            nonlocal shown
            shown = str(self._value(_TEXT)).replace(JOINER, "")
            return shown if all(word in shown for word in words) else None

        try:
            return until(has_all, f"{self.place()} in the browser", SECONDS, 0.5)
        except AssertionError as error:
            raise AssertionError(f"{error}; looked for {words}; the page shows:\n{shown[:3000]}") from None

    def click(self, label: str, further: int = 0) -> None:
        """Click the first button or link whose text begins with a label, or the one that comes further behind it."""
        until(lambda: self._value(_CLICK % (json.dumps(label), further)), f"button {label}", SECONDS, 0.5)

    def choose(self, label: str, further: int, item: str) -> None:
        """Open the menu of a button, found as ``click`` finds it, and click an item of it.

        A page that is still loading closes its menus, so the menu is opened until it shows the item.
        """
        choose, unfold = _CLICK % (json.dumps(item), 0), _CLICK % (json.dumps(label), further)
        until(lambda: self._value(choose) or (self._value(unfold) and None), f"{item} in a menu", SECONDS, 2)

    def place(self) -> str:
        """Return the path of the page."""
        return str(self._value("location.pathname"))

    def settle(self, seconds: float) -> None:
        """Wait until nothing of the page has moved for ``seconds``: what is loading has a placeholder that moves."""
        still = time.monotonic()

        def has_settled() -> bool:
            nonlocal still
            if self._value(_MOVING) != 0:
                still = time.monotonic()
            return time.monotonic() - still > seconds

        until(has_settled, f"{self.place()} to settle", SECONDS, 0.2)

    def photograph(self, path: Path) -> None:
        """Write what the page shows as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _value(self, expression: str) -> Any:
        """Evaluate an expression; without a value, also between two pages, it is an empty text."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer.get("result", {}).get("value", "")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.calls += 1
        self.socket.send(json.dumps({"id": self.calls, "method": method, "params": parameters}))
        while (answer := json.loads(self.socket.recv(SECONDS))).get("id") != self.calls:
            """Events of the page are not of interest."""
        return dict(answer.get("result", {}))


@contextmanager
def browser(profile: Path, login: str) -> Iterator[Browser]:
    """Open a browser with an empty profile at the address that logs in."""
    command = [chromium(), *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready = profile / "DevToolsActivePort"
        port = until(lambda: ready.exists() and ready.read_text().partition("\n")[0], "browser", SECONDS)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=SECONDS) as answer:
            page = next(target for target in json.load(answer) if target["type"] == "page")
        parts = urlsplit(login)
        with connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None) as socket:
            opened = Browser(socket, f"{parts.scheme}://{parts.netloc}")
            opened.open(f"{parts.path}?{parts.query}", "Runs")
            yield opened
    finally:
        process.terminate()
        process.wait(SECONDS)
