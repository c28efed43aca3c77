"""Processes as an installation runs them: without what root alone may do.

Tests are run by root in containers and in CI. What a server does by a privilege that no
installation should give it would go unnoticed there.
"""

import ctypes
import itertools
from pathlib import Path
from typing import Any

# Of linux/prctl.h.
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
_PRCTL: Any = getattr(ctypes.CDLL(None), "prctl", None)  # Linux


def _drop_privileges() -> None:
    """Between fork and exec: whatever runs now has no capability, and gets none back."""
    for capability in itertools.count():
        if _PRCTL(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # there is none of that number, or none of ours to drop
    _PRCTL(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


# For subprocess: the process begins without privileges.
UNPRIVILEGED: dict[str, Any] = {"preexec_fn": _drop_privileges} if _PRCTL else {}


def privileges_of(pid: int) -> int:
    """A process's effective capabilities, a bit each."""
    status = Path(f"/proc/{pid}/status").read_text()
    (bits,) = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")]
    return int(bits, 16)
