"""Notes whether a transaction has changed anything that a page for everybody could show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# What no page for everybody reads (a test draws them all and looks); every other table counts.
UNSHOWN: Final = frozenset(
    {
        "doubtful_words",
        "letters",
        "notices",
        "pass_tokens",
        "passkey_challenges",
        "passkeys",
        "recovery_codes",
        "second_factor_codes",
        "sign_in_links",
        "sign_in_sessions",
        "unsaved_stories",
        "upkeep_runs",
    }
)
_MARK: Final = "touched"
# Begins what changes no row; whatever is not known to do so counts as a change.
_HARMLESS: Final = re.compile(
    r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SET|SHOW|LOCK)\b", re.IGNORECASE
)
_TABLE: Final = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


def watch(engine: Engine) -> None:
    """Begins to note what the engine's transactions change."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info[_MARK] = False

    @event.listens_for(engine, "after_cursor_execute")
    def _after(connection: Connection, cursor: Any, statement: str, *_rest: object) -> None:
        if _HARMLESS.match(statement):
            return
        found = _TABLE.match(statement)
        if found and found[1] in UNSHOWN:
            return
        # Zero rows are no change; who returns rows says how many only when they have been read.
        if found and cursor.rowcount == 0 and cursor.description is None:
            return
        connection.info[_MARK] = True


def is_touched(connection: Connection) -> bool:
    """Whether the transaction under way has changed what counts."""
    return bool(connection.info.get(_MARK))
