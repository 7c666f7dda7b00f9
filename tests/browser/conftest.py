"""Pages opened in a real browser, with every request beyond them refused and noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.find_browser import HOW, find_browser

#: A browser that looks for updates would open connections that no page asked for.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Opened:
    """An open page and what it asked for."""

    page: Page
    refused: list[str]
    complaints: list[str]

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong: rule, how grave, and the elements."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: "
            + "; ".join(node["html"][:200] for node in one["nodes"][:3])
            for one in found
        ]

    def is_wider_than_screen(self) -> bool:
        """Return whether the page as a whole has to be moved sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser of this machine, started once."""
    path = find_browser()
    if path is None:
        pytest.skip(HOW)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield started
        started.close()


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Opens a file in a page of its own: `open_file(path, width=1280, dark=False)`."""
    contexts = []

    def opened(path: Path, *, width: int = 1280, dark: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        own = path.resolve().as_uri()
        refused: list[str] = []
        complaints: list[str] = []

        def watch(route: Route) -> None:
            if route.request.url == own or route.request.url.startswith("data:"):
                route.continue_()
            else:
                refused.append(route.request.url)
                route.abort()

        page.route("**/*", watch)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(own)
        return Opened(page, refused, complaints)

    yield opened
    for context in contexts:
        context.close()
