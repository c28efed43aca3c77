"""A real browser, and a real portal for it to ctx."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.browser_app import TimeMachine, raised
from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.gallery import hung
from tests.browser.watch import Watch

# Milliseconds that a page may take on a busy machine; nothing waits longer than it has to.
PATIENCE = 60_000
# Not even a name is looked up.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"


@pytest.fixture(scope="package")
def browser():
    """One Chromium for this folder; no longer, since its event loop would disturb other tests."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path(), args=[*ARGUMENTS, ALONE]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def stage(tmp_path, migrated_sqlite):
    """An empty portal of this test's own."""
    with raised(tmp_path, migrated_sqlite) as portal:
        yield portal


@pytest.fixture
def named_stage(tmp_path, migrated_sqlite):
    """The same at an address with a name: browsers make no passkeys for numbers."""
    with raised(tmp_path, migrated_sqlite, host="localhost") as portal:
        yield portal


@pytest.fixture(scope="package")
def gallery(tmp_path_factory, migrated_sqlite):
    """A portal with every kind of page, to look at and not to touch."""
    with raised(tmp_path_factory.mktemp("gallery"), migrated_sqlite) as portal:
        yield hung(portal)


@pytest.fixture
def time_machine(monkeypatch):
    return TimeMachine(monkeypatch)


@pytest.fixture
def watch():
    """Fails the test for whatever a page did wrong, even if the test saw nothing of it."""
    watching = Watch()
    yield watching
    complaints = watching.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def open_browser(browser, watch):
    """Browsers in Berlin: `open_browser(address, language="kk", java_script_enabled=False)`."""
    contexts = []

    def make(address, language="en", **options):
        options = {"locale": language, "timezone_id": "Europe/Berlin"} | options
        context = browser.new_context(base_url=address, **options)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
