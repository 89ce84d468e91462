"""A real headless Chromium, told what to do through a pipe in its own protocol; nothing else is installed for it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60
"""Seconds until an answer of the browser is given up: far more than any machine needs."""
REDIRECTED = 'exec 3<&{read} 4>&{write}; exec "$@"'


class Browser:
    """One page of a running browser. `events` are what it told without being asked, oldest first."""

    def __init__(self, process: subprocess.Popen[bytes], read: int, write: int) -> None:
        self.process, self.read, self.write = process, read, write
        self.number, self.kept, self.session = 0, b"", ""
        self.events: list[dict[str, Any]] = []

    def open_page(self) -> None:
        """A new, empty page, of which everything is heard that its console, log and network say."""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        """Asks the page, and waits for its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            told = self._message()
            if told.get("id") == self.number:
                assert "error" not in told, f"{method}: {told['error']}"
                return dict(told["result"])
            self.events.append(told)

    def show(self, path: Path, *, width: int, height: int = 900, dark: bool = False, media: str = "") -> None:
        """Opens a file at a width in pixels and waits until it is loaded. `media`: "print" for what would be printed."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.events.clear()
        self("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message())

    def js(self, expression: str) -> Any:
        """What an expression of JavaScript is worth in the page."""
        found = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str, code: str, text: str = "") -> None:
        """A key goes down and up."""
        number = {"Tab": 9, "Enter": 13, "Space": 32}[code]
        known = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self("Input.dispatchKeyEvent", type="keyDown", **known, **({"text": text} if text else {}))
        self("Input.dispatchKeyEvent", type="keyUp", **known)

    def pdf(self) -> bytes:
        """The page as it is printed, on the paper that it asks for."""
        found = self("Page.printToPDF", preferCSSPageSize=True, printBackground=True, displayHeaderFooter=False)
        return base64.b64decode(found["data"])

    def picture(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def complaints(self) -> list[str]:
        """What its console and log complained of since the page was opened."""
        found = []
        for event in self.events:
            if event.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                found.append(json.dumps(event["params"]))
            if event.get("method") == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "warning"):
                found.append(json.dumps(event["params"]))
        return found

    def requested(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def _message(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self.kept:
            ready, _, _ = select.select([self.read], [], [], max(0.0, until - time.monotonic()))
            part = os.read(self.read, 1 << 16) if ready else b""
            assert part, "the browser ended or says nothing more"
            self.kept += part
        told, self.kept = self.kept.split(b"\0", 1)
        return dict(json.loads(told))


def program() -> str:
    """Where the browser is; the test fails and names it where there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        pytest.fail("Chromium (chromium) is not installed; on Debian: apt-get install chromium", pytrace=False)
    return found


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in `folder`."""
    theirs_read, ours_write = os.pipe()
    ours_read, theirs_write = os.pipe()
    options = [
        "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}", "--no-first-run", "--disable-gpu",
        "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--hide-scrollbars", *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]  # fmt: skip
    shell = REDIRECTED.format(read=theirs_read, write=theirs_write)
    process = subprocess.Popen(
        ["/bin/bash", "-c", shell, "bash", program(), *options], pass_fds=(theirs_read, theirs_write), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(folder),
    )  # fmt: skip
    os.close(theirs_read)
    os.close(theirs_write)
    try:
        made = Browser(process, ours_read, ours_write)
        made.open_page()
        yield made
        made.session = ""
        made("Browser.close")
        process.wait(PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours_read)
        os.close(ours_write)


def _environment(folder: Path) -> Mapping[str, str]:
    """Nothing of the browser's goes into the home of whoever runs the tests."""
    return {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
