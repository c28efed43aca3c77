"""An editor's browser, and an event published with it."""

import pytest

from tests.events.editing import published


@pytest.fixture
def browser(browser_of, editor):
    return browser_of(editor)


@pytest.fixture
def slug(browser):
    """An event published through the pages."""
    return published(browser)
