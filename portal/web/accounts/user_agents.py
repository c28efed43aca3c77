"""What browser somebody uses, as coarsely as one would say it."""

import re
from typing import Final

# In this order: nearly every browser also names those it descends from.
BROWSERS: Final = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Yandex", r"YaBrowser/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS: Final = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)


def described_browser(user_agent: str) -> str:
    """Such as "Firefox, Android"; empty if it is none we know. No version, nothing to track by."""
    found = [
        next((name for name, pattern in known if re.search(pattern, user_agent)), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name)
