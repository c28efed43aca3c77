"""Ask the portal of this machine whether it is ready: `python -m portal.cli.ready`.

Health checks call it.

Loads nothing of the portal, since it is asked again and again.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

_SECONDS = 4


def is_ready() -> bool:
    """Return whether `/readyz` says so, under the name and at the port of the settings."""
    port = int(os.environ.get("PORTAL_PORT", "8000"))
    name = urlsplit(os.environ.get("PORTAL_BASE_URL", "")).hostname or "127.0.0.1"
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        asked.request("GET", "/readyz", headers={"Host": name})
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(not is_ready())
