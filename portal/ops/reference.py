"""Tables of `docs/` written from the code by `make docs`: settings, and retention."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from portal import HOME
from portal.config.providers import ProviderSettings
from portal.config.settings import Settings
from portal.domain.privacy.retention_rules import RULES, SOURCES

# Each setting stands under the first heading whose prefixes fit its name.
SECTIONS: Final = {
    "Machine translation": ("machine_translation",),
    "Sign-in": ("oidc_", "providers", "sign_in_", "second_factor"),
    "Email": ("smtp_", "mail_", "worker"),
    "Pictures": ("media_",),
    "Keys and secrets": ("secret", "seal_"),
    "Monitoring": ("metrics_", "traces_", "error_", "log_", "security_"),
    "Limits and caches": ("rate_", "page_cache", "cdn_"),
    "Database": ("data", "standby_"),
    "Address": ("",),
}
_START: Final = "<!-- generated: make docs -->"
_END: Final = "<!-- end -->"
_GENERATED: Final = re.compile(f"(?<={_START}\n).*?(?={_END})", re.DOTALL)


def settings_tables() -> str:
    """Return one Markdown table of settings a section, with the defaults of the code."""
    left = dict(Settings.model_fields)
    sections = {}
    for title, prefixes in SECTIONS.items():
        rows = [f"| `PORTAL_{n.upper()}` | {_cells(f)} |" for n, f in _taken(left, prefixes)]
        sections[title] = _table(f"## {title}\n\n| variable | meaning | default |", rows)
    providers = [
        f"| `PORTAL_PROVIDERS__<KEY>__{name.upper()}` | {_cells(field)} |"
        for name, field in ProviderSettings.model_fields.items()
    ]
    sections["Sign-in"] += "\n" + _table("| of a provider | meaning | default |", providers)
    return "\n" + "\n".join(sections[title] for title in reversed(SECTIONS)) + "\n"


def retention_table() -> str:
    """Return the Markdown table of what is deleted, when, and why."""
    rows = [
        f"| {rule.what} | {_duration(rule.after)} {rule.since} | {SOURCES[rule.source]} |"
        for rule in RULES
    ]
    return _table("\n| what | deleted | why |", rows) + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings_tables,
    "privacy.md": retention_table,
}


def renewed(page: str, table: str) -> str:
    """Return a page with `table` between its markers; raises ValueError if it has none."""
    text, number = _GENERATED.subn(lambda _match: table, page)
    if number != 1:
        raise ValueError(f"{number} generated parts")
    return text


def write_pages(folder: Path) -> None:
    """Write the tables into the pages of the documentation."""
    for name, table in PAGES.items():
        page = folder / name
        page.write_text(renewed(page.read_text(encoding="utf-8"), table()), encoding="utf-8")


def _taken(
    left: dict[str, FieldInfo], prefixes: tuple[str, ...]
) -> Iterator[tuple[str, FieldInfo]]:
    for name in [name for name in left if name.startswith(prefixes)]:
        yield name, left.pop(name)


def _cells(field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"{meaning} | {_default(field.default)}"


def _default(value: Any) -> str:
    if value in ("", None, PydanticUndefined):
        return ""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"`{value}`"


def _duration(length: timedelta) -> str:
    """Return a length in English, in days or hours."""
    number, unit = (length.days, "day") if length.days else (length.seconds // 3600, "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _table(head: str, rows: list[str]) -> str:
    columns = head.count("|", head.rindex("\n") + 1 if "\n" in head else 0) - 1
    return "\n".join([head, "|---" * columns + "|", *rows, ""])


if __name__ == "__main__":
    write_pages(HOME / "docs")
