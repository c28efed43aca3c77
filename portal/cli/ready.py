"""Ask the local portal whether it is ready; health checks call it often, so it imports nothing."""

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
