"""Where the Chromium is that the tests drive."""

import os
import shutil

# A browser that asks nobody but the page it is shown.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The same engine without windows of its own takes two fifths of the processor's time.
_USUAL = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def chromium_path() -> str | None:
    """PORTAL_TEST_CHROMIUM, else the first of the usual names on the PATH."""
    named = os.environ.get("PORTAL_TEST_CHROMIUM")
    return named or next((found for name in _USUAL if (found := shutil.which(name))), None)
