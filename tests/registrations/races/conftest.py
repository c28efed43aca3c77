"""A portal served over real connections."""

import httpx
import pytest

from portal.demo.services.serving import running
from tests.conftest import ADDRESS


@pytest.fixture
def server(app):
    """The portal over HTTP in this process: real connections, its own threads."""
    with running(app) as address:
        yield address


@pytest.fixture
def visitor(server):
    """Browsers: a stranger's, or that of whoever a session belongs to."""
    opened = []

    def open_browser(session=None):
        headers = {"host": "testserver", "origin": ADDRESS, "sec-fetch-site": "same-origin"}
        if session:
            headers["cookie"] = f"__Host-session={session}"
        opened.append(httpx.Client(base_url=server, headers=headers, timeout=60, trust_env=False))
        return opened[-1]

    yield open_browser
    for browser in opened:
        browser.close()
