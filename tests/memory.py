"""Where databases of tests are written: into memory where there is room, since they are soon gone.

Every commit waits for the disk otherwise, and on a busy machine that was most of a test's time.
"""

import os
import shutil
from pathlib import Path

_SHARED = Path("/dev/shm")
_ROOM = 2 * 1024**3  # bytes; containers often have far less


def folder_in_memory() -> Path | None:
    """The folder, or None where it does not exist, is closed or too small."""
    if not os.access(_SHARED, os.W_OK) or shutil.disk_usage(_SHARED).free < _ROOM:
        return None
    return _SHARED
