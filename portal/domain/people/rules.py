"""What a name, a language and a session may be. Pure decisions."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from portal.i18n import gettext_lazy as _
from portal.refusals import Refusal

SESSION_LASTS = timedelta(days=30)
LONGEST_NAME = 80
# RFC 5321: 64 for the local part, 255 for the domain, and the path's limit of 254 in all.
LONGEST_ADDRESS = 254


class NameNeededError(Refusal):
    """A name without a letter."""

    message = _("Write a name; an alias is welcome.")
    field = "name"


def tidy_name(name: str) -> str:
    """A name on one line, without control characters or invisible formatting, at most 80 long."""
    visible = "".join(
        " " if unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc"} else c
        for c in unicodedata.normalize("NFC", name)
        if unicodedata.category(c) not in {"Cf", "Co", "Cn", "Cs"}
    )
    return " ".join(visible.split())[:LONGEST_NAME]


def check_name(name: str) -> str:
    """The tidied name, or NameNeededError if nothing is left of it."""
    tidied = tidy_name(name)
    if not any(c.isalnum() for c in tidied):
        raise NameNeededError
    return tidied
