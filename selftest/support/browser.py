"""A headless browser, controlled over the Chrome DevTools Protocol.

The protocol uses a pair of pipes, so no port is opened, and the browser ends with its pipe.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
LONGEST_WAIT = 60.0
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
# The browser reads commands from descriptor 3 and answers on descriptor 4.
LAUNCHER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A browser process with its own profile."""

    def __init__(self) -> None:
        """Start the browser; `make browser` installs one."""
        found = next((path for name in NAMES if (path := shutil.which(name))), None)
        assert found, f"none of {', '.join(NAMES)} is installed: run `make browser`"
        self._profile = tempfile.mkdtemp(prefix="order-conformance-browser-")
        # Moved up, out of the way of the two numbers that the launcher gives them.
        commands, self._commands = os.pipe()
        self._responses, responses = os.pipe()
        child = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (commands, responses)]
        os.close(commands)
        os.close(responses)
        command = [found, *SWITCHES, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *map(str, child), *command],
            pass_fds=child,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for fd in child:
            os.close(fd)
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        """Return the running browser."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the browser and delete its profile."""
        os.close(self._commands)
        try:
            self._process.wait(LONGEST_WAIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._responses)
        shutil.rmtree(self._profile, ignore_errors=True)

    def page(self, width: int = 1280, height: int = 800, *, dark: bool = False) -> Page:
        """Open an empty page of this size."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session, width, height, dark=dark)

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            response = self.receive()
            if response.get("id") == self._number:
                assert "error" not in response, f"{method}: {response['error']}"
                result: dict[str, Any] = response["result"]
                return result
            self.events.append(response)

    def receive(self) -> dict[str, Any]:
        """Return the next message of the browser."""
        deadline = time.monotonic() + LONGEST_WAIT
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._responses], [], [], deadline - time.monotonic())
            assert ready, "the browser does not answer"
            read = os.read(self._responses, 1 << 20)
            assert read, "the browser has ended"
            self._buffer += read
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


class Page:
    """One page: its content, its requests and its errors."""

    def __init__(
        self, browser: Browser, session: str, width: int, height: int, *, dark: bool
    ) -> None:
        """Record the events of the page from the start."""
        self._browser = browser
        self._session = session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command to this page."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, url: str) -> None:
        """Open a URL and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        while not self.seen("Page.loadEventFired"):
            self._browser.events.append(self._browser.receive())

    def seen(self, method: str) -> list[dict[str, Any]]:
        """Return the parameters of every event of this name so far."""
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; promises are awaited."""
        response = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in response, response["exceptionDetails"]
        return response["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key that writes a character."""
        self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    @property
    def requested(self) -> list[str]:
        """Every address that the page asked for."""
        return [event["request"]["url"] for event in self.seen("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[dict[str, Any]]:
        """Exceptions, console output and log entries; policy violations are among the latter."""
        names = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [event for name in names for event in self.seen(name)]

    def screenshot(self, path: Path) -> None:
        """Save what the page shows."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def pdf(self, path: Path) -> None:
        """Save what the page prints."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF")["data"]))
