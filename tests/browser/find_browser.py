"""Which browser the tests of pages use, and how one gets onto the machine: `python tests/browser/find_browser.py` installs it.

Looked for in turn: the one named by RESDIR_BROWSER, one that is installed, the one that Playwright keeps. When there is none,
Playwright's own is fetched, or, where that is not to be had and this is the root of a Debian or Ubuntu, the package `chromium`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Commands of browsers that Playwright's chromium driver can start.
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
#: Where Windows and macOS keep them, for they are not on the path there.
PLACES = (
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    "C:/Program Files/Microsoft/Edge/Application/msedge.exe",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
HOW = (
    "No browser for the tests of pages. Install Chromium, Chrome or Edge, or run "
    "`python -m playwright install chromium-headless-shell`, or name one: RESDIR_BROWSER=/path/to/chromium."
)


def find_browser() -> str | None:
    """Return the path of a browser, or None."""
    named = os.environ.get("RESDIR_BROWSER")
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in PLACES if Path(place).is_file()), _kept_by_playwright())


def _kept_by_playwright() -> str | None:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    homes = {
        "win32": Path.home() / "AppData/Local/ms-playwright",
        "darwin": Path.home() / "Library/Caches/ms-playwright",
    }
    kept = Path(folder) if folder else homes.get(sys.platform, Path.home() / ".cache/ms-playwright")
    patterns = ("chromium*/*/headless_shell*", "chromium*/*/chrome-headless-shell*", "chromium*/*/chrome*")
    found = [path for pattern in patterns for path in sorted(kept.glob(pattern)) if path.is_file()]
    return str(found[-1]) if found else None


def install_browser() -> str | None:
    """Fetch a browser when there is none, and return its path, or None when it cannot be had."""
    found = find_browser()
    if found:
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium-headless-shell"], check=False)
    found = find_browser()
    if not found and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
            subprocess.run(words, check=False, env=quiet, stdout=subprocess.DEVNULL)
        found = find_browser()
    return found


if __name__ == "__main__":
    print(install_browser() or HOW)
